trace DIR/legacy.pt
