trace --fromat jsonl DIR/call.pkl
