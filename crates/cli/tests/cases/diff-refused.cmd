diff DIR/lie.pt DIR/odd.npz
