convert DIR/lie.pt
