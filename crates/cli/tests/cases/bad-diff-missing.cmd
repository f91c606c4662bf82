diff DIR/missing.pt DIR/checkpoint.pt
