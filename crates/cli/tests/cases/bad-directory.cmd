trace DIR/directory
