disasm DIR/cut.pkl
