# Clean files of folders are listed where that is asked for.
scan --verbose DIR/folder
