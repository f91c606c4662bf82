trace DIR/call.pkl/x
