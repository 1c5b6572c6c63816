"""``python -m viz.cli`` is the command ``lenetscope``."""

import sys

from viz.cli.main import main

sys.exit(main())
