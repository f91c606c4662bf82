# An output that cannot be written.
scan -o DIR/folder DIR/call.pkl
