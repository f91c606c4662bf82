# A name of a member that is too long for a line.
scan DIR/long-names.zip
