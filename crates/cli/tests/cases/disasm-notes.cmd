disasm DIR/notes.txt
