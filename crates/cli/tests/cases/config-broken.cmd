scan --config DIR/config/broken.toml DIR/show.pkl
