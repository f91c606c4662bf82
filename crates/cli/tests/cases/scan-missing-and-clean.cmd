# What was not read is counted as what it is.
scan DIR/missing.pkl DIR/directory/a.pkl
