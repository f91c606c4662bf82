trace --format xml DIR/call.pkl
