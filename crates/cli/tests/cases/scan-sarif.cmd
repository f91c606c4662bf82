scan --format sarif --hash DIR/call.pkl DIR/missing.pkl
