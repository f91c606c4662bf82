scan - DIR/many.pkl
stdin: call.pkl
