# The time for one file is up.
scan --max-time 0s DIR/call.pkl
