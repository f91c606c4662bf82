scan --config DIR/config/unquoted.toml DIR/show.pkl
