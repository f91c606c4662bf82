scan --config DIR/config/dangerous.toml DIR/show.pkl
