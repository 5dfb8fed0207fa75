"""python -m nnstep."""

import sys

from nnstep.cli import main

if __name__ == "__main__":
    sys.exit(main())
