scan DIR/notes.txt
