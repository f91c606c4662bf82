# Findings do not fail, gaps do.
scan --fail-on never DIR/call.pkl DIR/notes.txt
