# Folders can be left out.
scan --exclude b --exclude *.txt -v DIR/folder
