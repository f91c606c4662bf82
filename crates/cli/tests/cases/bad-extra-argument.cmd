trace DIR/call.pkl DIR/cut.pkl
