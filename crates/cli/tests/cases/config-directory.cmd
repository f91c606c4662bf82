scan --config DIR/config DIR/show.pkl
