# What is not clean is shown, quietly or not.
scan --quiet DIR/missing.pkl DIR/directory/a.pkl
