scan --allow words.show:call DIR/many.pkl
