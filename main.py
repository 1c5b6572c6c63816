"""Start LeNetScope from a checkout: ``python main.py`` is the command ``lenetscope``."""

import sys

if __name__ == "__main__":
    try:  # Ctrl-C may come while this is imported
        from viz.cli.main import main

        code = main()
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
