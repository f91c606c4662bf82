trace DIR/members.zip
