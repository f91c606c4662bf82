disasm DIR/checkpoint.pt
