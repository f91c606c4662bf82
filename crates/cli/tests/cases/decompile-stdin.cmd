decompile -
stdin: call.pkl
