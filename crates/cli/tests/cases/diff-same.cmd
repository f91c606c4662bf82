diff DIR/checkpoint.pt DIR/checkpoint.pt
