globals DIR/members.zip
