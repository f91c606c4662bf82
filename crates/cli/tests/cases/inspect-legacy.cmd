inspect DIR/legacy.pt
