# The hint is about the command that was typed.
globals --format xml DIR/call.pkl
