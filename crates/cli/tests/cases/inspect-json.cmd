inspect --format json DIR/checkpoint.pt
