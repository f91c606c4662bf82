disasm DIR/missing.pkl
