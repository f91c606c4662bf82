scan DIR/checkpoint.pt
