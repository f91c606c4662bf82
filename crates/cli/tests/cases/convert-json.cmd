convert DIR/checkpoint.pt --dry-run --format json
