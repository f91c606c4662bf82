scan --config DIR/config/no-reason.toml DIR/show.pkl
