diff DIR/checkpoint.pt DIR/code.pt
