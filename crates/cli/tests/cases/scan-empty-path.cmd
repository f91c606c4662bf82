# A variable of the shell that is not set.
scan --output= DIR/call.pkl
