# A value may begin with a hyphen, and is told as what it is.
scan --max-bytes -5 DIR/call.pkl
