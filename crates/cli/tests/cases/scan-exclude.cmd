# Directories can be left out.
scan --exclude b --exclude *.txt -v DIR/directory
