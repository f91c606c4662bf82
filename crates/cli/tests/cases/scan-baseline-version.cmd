# A later version.
scan --baseline DIR/config/later.json DIR/call.pkl
