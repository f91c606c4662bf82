disasm DIR/hostile.pkl
