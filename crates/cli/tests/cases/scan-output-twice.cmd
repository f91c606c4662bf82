# Two things in one file.
scan -o DIR/both.out --write-baseline DIR/both.out DIR/call.pkl
