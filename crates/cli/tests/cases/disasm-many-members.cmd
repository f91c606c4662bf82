# Members that cannot be listed do not flood.
disasm DIR/pictures.zip
