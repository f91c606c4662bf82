# A gap fails.
scan --strict DIR/notes.txt
