# The same of a baseline.
scan --write-baseline DIR/nowhere/known.json DIR/call.pkl
