trace DIR/notes.txt
