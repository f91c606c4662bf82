diff --format json DIR/checkpoint.pt DIR/code.pt
