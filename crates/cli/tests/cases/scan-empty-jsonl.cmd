scan --format jsonl DIR/empty.pkl DIR/missing.pkl
