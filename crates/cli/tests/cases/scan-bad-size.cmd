# A size that is none.
scan --max-bytes 2XB DIR/call.pkl
