decompile DIR/behind.pkl
