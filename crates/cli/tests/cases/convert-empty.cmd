convert DIR/empty.pkl
