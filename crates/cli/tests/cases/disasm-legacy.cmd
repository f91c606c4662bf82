disasm DIR/legacy.pt
