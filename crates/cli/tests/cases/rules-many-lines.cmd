# Text fits on the terminal.
rules pkl101
