# A slash at the end changes nothing.
scan --exclude b/ -v DIR/directory
