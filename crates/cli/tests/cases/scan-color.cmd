# Colors where they are asked for.
scan --color always DIR/directory DIR/kinds.pkl
