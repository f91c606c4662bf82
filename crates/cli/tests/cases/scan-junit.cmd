scan --format junit --hash DIR/call.pkl DIR/missing.pkl
