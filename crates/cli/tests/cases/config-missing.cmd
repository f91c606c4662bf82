scan --config DIR/missing.toml DIR/call.pkl
