globals --help
