scan --format jsonl DIR/hostile.pkl
