trace DIR/readings.pkl
