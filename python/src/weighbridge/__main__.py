"""`python -m weighbridge` and the command `weighbridge`: the command line, as everywhere."""

import sys

from weighbridge._native import run


def main() -> int:
    """Runs the command line; gives the exit status."""
    return run(["weighbridge", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
