# Paths count from the directory that is named.
scan --exclude b/call.pkl --exclude ./notes.txt -v DIR/directory
