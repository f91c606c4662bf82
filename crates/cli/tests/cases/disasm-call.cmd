disasm DIR/call.pkl
