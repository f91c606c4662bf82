convert DIR/notes.txt
