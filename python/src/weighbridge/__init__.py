from weighbridge._native import __version__
