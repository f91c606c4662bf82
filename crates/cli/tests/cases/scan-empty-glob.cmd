# A pattern that would leave out everything.
scan --exclude= DIR/directory
