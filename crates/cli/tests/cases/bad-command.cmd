trce DIR/call.pkl
