convert DIR/config
