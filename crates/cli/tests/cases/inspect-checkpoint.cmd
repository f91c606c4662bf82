inspect DIR/checkpoint.pt
