# No such file.
scan --baseline DIR/nowhere.json DIR/call.pkl
