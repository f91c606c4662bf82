trace DIR/behind.pkl
