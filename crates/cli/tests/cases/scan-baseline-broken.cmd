# What is no baseline.
scan --baseline DIR/config/fine.toml DIR/call.pkl
