# Only what is not clean, and no summary.
scan --quiet DIR/directory DIR/checkpoint.pt
