globals DIR/cut.pkl
