# Each is allowed for itself.
scan --allow words.Show --allow words.Show.make DIR/method.pkl
