# Only what is not clean, and no summary.
scan --quiet DIR/folder DIR/checkpoint.pt
