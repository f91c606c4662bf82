scan --config DIR/config/key.toml DIR/show.pkl
