globals --format json DIR/hostile.pkl
