globals DIR/checkpoint.pt
