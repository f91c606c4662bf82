scan DIR/folder/a.pkl DIR/checkpoint.pt
