# The finding is of medium severity.
scan --fail-on high DIR/show.pkl
