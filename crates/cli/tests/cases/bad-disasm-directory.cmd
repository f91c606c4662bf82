disasm DIR/directory
