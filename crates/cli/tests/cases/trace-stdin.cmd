trace -
stdin: call.pkl
