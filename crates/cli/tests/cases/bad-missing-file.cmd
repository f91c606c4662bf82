trace DIR/missing.pkl
