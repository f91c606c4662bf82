# A slip of the fingers.
scan --fial-on high DIR/call.pkl
