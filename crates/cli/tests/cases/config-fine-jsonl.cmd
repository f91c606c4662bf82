scan --config DIR/config/fine.toml --format jsonl DIR/show.pkl
