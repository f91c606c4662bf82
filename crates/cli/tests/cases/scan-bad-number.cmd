# A number is digits.
scan --max-stack 3x DIR/call.pkl
