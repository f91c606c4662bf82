# Nothing is left.
scan --exclude * DIR/directory
