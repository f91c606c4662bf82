# The same of a number.
scan --max-members -1 DIR/call.pkl
