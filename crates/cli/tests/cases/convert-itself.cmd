convert DIR/checkpoint.pt DIR/checkpoint.pt --force
