# So many would be of no use.
scan -j 100000 DIR/show.pkl
