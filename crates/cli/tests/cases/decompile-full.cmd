decompile --full DIR/call.pkl
