decompile DIR/notes.txt
