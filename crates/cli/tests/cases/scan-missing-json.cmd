# Text and JSON agree.
scan --format json DIR/missing.pkl DIR/directory/a.pkl
