# A pattern that is none.
scan --include [ DIR/folder
