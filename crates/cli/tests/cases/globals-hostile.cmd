globals DIR/hostile.pkl
