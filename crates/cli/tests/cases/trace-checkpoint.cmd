trace DIR/checkpoint.pt
