# What the file says does not look like advice.
scan DIR/advice.zip
