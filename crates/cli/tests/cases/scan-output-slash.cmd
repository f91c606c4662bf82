# A slash at the end means a directory, whether there is one or not.
scan -o DIR/new/ DIR/show.pkl
