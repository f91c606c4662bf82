# Another.
scan --max-members 1 DIR/members.zip
