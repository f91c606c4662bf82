# A pattern without a slash is about names; the file that is named is scanned whatever it is called.
scan --include *.txt DIR/directory DIR/call.pkl
