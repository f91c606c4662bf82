decompile DIR/hostile.pkl
