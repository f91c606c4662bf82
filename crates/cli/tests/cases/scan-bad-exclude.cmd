# The pattern is told as it was typed.
scan --exclude a/{b,c DIR/directory
