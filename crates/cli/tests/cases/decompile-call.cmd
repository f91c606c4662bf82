decompile DIR/call.pkl
