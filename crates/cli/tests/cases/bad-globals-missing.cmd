globals DIR/nowhere.pkl
