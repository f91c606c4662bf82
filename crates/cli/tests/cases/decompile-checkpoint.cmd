decompile DIR/checkpoint.pt
