decompile DIR/legacy.pt
