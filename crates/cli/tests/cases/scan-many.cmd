scan DIR/many.pkl
