"""``python -m precompass.cli``: the command line without its installed script."""

import sys

from precompass.cli import main

sys.exit(main())
