convert DIR/missing.pt
