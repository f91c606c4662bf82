# Nor like a step into an archive.
globals DIR/advice.zip
