trace DIR/both.pkl
