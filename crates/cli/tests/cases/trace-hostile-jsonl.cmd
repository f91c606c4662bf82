trace --format=jsonl DIR/hostile.pkl
