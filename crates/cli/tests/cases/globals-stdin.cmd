globals -
stdin: call.pkl
