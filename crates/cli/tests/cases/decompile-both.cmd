decompile DIR/both.pkl
