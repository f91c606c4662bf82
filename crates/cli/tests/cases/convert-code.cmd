convert DIR/code.pt --dry-run --extras DIR/values.json
