scan DIR/folder
