# Colors where they are asked for.
scan --color always DIR/folder DIR/kinds.pkl
