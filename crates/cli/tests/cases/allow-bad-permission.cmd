scan --allow words.show:run DIR/many.pkl
