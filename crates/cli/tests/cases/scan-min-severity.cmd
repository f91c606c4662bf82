# What is below is counted.
scan --min-severity high DIR/many.pkl DIR/call.pkl
