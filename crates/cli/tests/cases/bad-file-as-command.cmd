# A file where a command is wanted.
DIR/call.pkl
