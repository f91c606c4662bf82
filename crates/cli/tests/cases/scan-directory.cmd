scan DIR/directory
