decompile DIR/members.zip
