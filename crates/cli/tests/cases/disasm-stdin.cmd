disasm -
stdin: call.pkl
