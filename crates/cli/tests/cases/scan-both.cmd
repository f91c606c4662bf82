scan DIR/both.pkl
