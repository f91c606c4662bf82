inspect DIR/hostile.pkl
