scan DIR/hostile.pkl
