scan --config DIR/config/fine.toml --allow words.show:import DIR/show.pkl
