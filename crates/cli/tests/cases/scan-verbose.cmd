# Clean files of directories are listed where that is asked for.
scan --verbose DIR/directory
