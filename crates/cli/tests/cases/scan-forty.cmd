# Of many findings some are shown.
scan DIR/forty.pkl
