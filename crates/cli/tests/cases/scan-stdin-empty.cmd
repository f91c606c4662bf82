# Nothing comes, and what is named besides is scanned.
scan - DIR/call.pkl
