# Nothing is left.
scan --exclude * DIR/folder
