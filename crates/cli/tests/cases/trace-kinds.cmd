trace DIR/kinds.pkl
