trace --format jsonl DIR/checkpoint.pt
