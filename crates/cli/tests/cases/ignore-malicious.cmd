scan --ignore PKL101 DIR/call.pkl
