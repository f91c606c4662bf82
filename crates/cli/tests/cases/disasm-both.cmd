disasm DIR/both.pkl
