scan --config DIR/config/rule.toml DIR/show.pkl
