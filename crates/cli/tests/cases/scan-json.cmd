scan --format json --hash DIR/call.pkl DIR/missing.pkl
