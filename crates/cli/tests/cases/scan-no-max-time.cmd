# Neither for one file.
scan --max-time 0 DIR/call.pkl
