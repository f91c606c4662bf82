# A value may begin with a hyphen, and is told as what it is.
scan --timeout -5s DIR/call.pkl
