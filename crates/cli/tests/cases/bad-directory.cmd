trace DIR/folder
