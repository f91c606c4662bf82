convert DIR/odd.npz --dry-run --skip
