# A class does not cover its methods, and it is said.
scan --allow words.Show DIR/method.pkl
