"""Starting the program: `nnstep`, and `python -m nnstep`."""

import gc
import sys

from nnstep import threads
from nnstep.tui import INTERRUPTED, splash


def main() -> int:
    """Run the program, as the command line says; if it opens the app, with a sign of life before all that is slow."""
    if splash.show(sys.argv[1:]):
        # The imports make many objects and no garbage.
        gc.disable()
    threads.before_numpy()
    try:
        from nnstep.cli import main as run  # NumPy comes with it

        return run()
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        splash.clear()


if __name__ == "__main__":
    sys.exit(main())
