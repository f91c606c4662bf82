"""Where the comparison finds and puts things."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target").resolve()
SCRATCH = TARGET / "peers"
