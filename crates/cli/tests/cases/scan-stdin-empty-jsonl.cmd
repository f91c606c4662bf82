# Programs are told too.
scan --format jsonl -
