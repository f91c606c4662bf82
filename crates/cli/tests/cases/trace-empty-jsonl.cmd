trace --format jsonl DIR/empty.pkl
