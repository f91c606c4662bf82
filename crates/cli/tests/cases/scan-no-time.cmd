# No time at all is a mistake.
scan --timeout 0s DIR/call.pkl
