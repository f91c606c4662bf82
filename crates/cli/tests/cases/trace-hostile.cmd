trace DIR/hostile.pkl
