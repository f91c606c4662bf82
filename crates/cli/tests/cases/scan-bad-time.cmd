# A time that is none.
scan --timeout soon DIR/call.pkl
