scan --ignore PKL999 DIR/many.pkl
