scan --format markdown --hash DIR/call.pkl DIR/missing.pkl
