scan DIR/missing.pkl DIR/empty.pkl /dev/null DIR/call.pkl DIR/directory/b
