# A limit that is reached is named.
scan --max-bytes 10B DIR/call.pkl
