scan --config DIR/config/fine.toml DIR/show.pkl DIR/kinds.pkl
