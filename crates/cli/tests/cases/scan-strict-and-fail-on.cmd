# One or the other.
scan --strict --fail-on high DIR/call.pkl
