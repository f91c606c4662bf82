# An output that cannot be written.
scan -o DIR/directory DIR/call.pkl
