"""The program ``precompass`` of the self-contained archive."""

import gc
import sys

# A command makes many objects, hardly any rubbish, and ends: looking for rubbish is wasted.
gc.set_threshold(100_000, 50, 50)

from precompass.cli import main  # noqa: E402

sys.exit(main())
