scan DIR/legacy.pt
