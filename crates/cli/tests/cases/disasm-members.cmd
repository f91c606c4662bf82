disasm DIR/members.zip
