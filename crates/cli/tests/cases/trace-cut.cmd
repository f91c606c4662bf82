trace DIR/cut.pkl
