# Mapped files are read as any other, an empty one too.
scan --mmap DIR/checkpoint.pt DIR/members.zip DIR/empty.pkl DIR/directory DIR/nowhere.pkl
