convert DIR/checkpoint.pt --metadata words
