convert DIR/checkpoint.pt --dtype int8
