convert DIR/odd.npz --dry-run
