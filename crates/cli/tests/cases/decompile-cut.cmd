decompile DIR/cut.pkl
