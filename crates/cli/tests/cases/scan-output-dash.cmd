# A dash is the standard output.
scan -o - DIR/directory/a.pkl
