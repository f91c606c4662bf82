convert DIR/checkpoint.pt DIR/notes.txt
