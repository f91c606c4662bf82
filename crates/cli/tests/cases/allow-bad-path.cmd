scan --allow words DIR/many.pkl
