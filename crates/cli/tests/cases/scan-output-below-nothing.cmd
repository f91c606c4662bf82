# Where there is no place, nothing is begun.
scan -o DIR/nowhere/report DIR/call.pkl
