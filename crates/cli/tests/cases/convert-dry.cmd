convert DIR/checkpoint.pt --dry-run
