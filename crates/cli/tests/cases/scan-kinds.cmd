scan DIR/kinds.pkl
