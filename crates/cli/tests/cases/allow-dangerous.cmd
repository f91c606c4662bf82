scan --allow os.system DIR/call.pkl
