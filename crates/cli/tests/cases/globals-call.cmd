globals DIR/call.pkl
