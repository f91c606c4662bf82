decompile --help
