# There are no patterns.
scan --allow words.* DIR/show.pkl
