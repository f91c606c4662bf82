convert DIR/call.pkl --dry-run
