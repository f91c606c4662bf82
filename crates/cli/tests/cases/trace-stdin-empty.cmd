trace -
stdin: empty.pkl
