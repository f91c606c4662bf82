# What is scanned is not written over.
scan -o DIR/call.pkl DIR/call.pkl
