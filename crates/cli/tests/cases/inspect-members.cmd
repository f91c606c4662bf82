inspect DIR/members.zip
