scan DIR/directory/a.pkl DIR/checkpoint.pt
