scan --ignore unknown-call DIR/many.pkl
