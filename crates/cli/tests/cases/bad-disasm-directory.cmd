disasm DIR/folder
