# A pattern that is none.
scan --include [ DIR/directory
