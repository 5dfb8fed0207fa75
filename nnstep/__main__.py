"""Starting the program: `nnstep`, and `python -m nnstep`."""

import sys

from nnstep import threads


def main() -> int:
    """Run the program, as the command line says."""
    threads.before_numpy()
    from nnstep.cli import main as run  # NumPy comes with it

    return run()


if __name__ == "__main__":
    sys.exit(main())
