disasm DIR/behind.pkl
