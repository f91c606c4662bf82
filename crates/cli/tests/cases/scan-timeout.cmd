# The time is up before anything is scanned.
scan --timeout 0s DIR/call.pkl
