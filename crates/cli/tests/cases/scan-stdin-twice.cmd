# The standard input is read once.
scan - DIR/call.pkl -
stdin: call.pkl
