decompile DIR/nowhere.pkl
