trace DIR/empty.pkl
