scan DIR/call.pkl
