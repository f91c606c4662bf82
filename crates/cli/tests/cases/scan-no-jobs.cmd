# Nobody to do the work.
scan -j 0 DIR/call.pkl
