trace --format jsonl DIR/kinds.pkl
