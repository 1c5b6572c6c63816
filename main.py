"""Start LeNetScope from a checkout: ``python main.py`` is the command ``lenetscope``."""

import sys

from viz.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
