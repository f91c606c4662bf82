convert DIR/checkpoint.pt --dry-run --key nowhere
