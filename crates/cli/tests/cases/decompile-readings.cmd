decompile DIR/readings.pkl
