decompile DIR/kinds.pkl
