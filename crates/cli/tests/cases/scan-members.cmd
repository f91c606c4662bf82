scan DIR/members.zip
