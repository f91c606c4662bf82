trace DIR/call.pkl
