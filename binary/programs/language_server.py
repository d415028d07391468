"""The program ``precompass-lsp`` of the self-contained archive."""

import gc
import sys

gc.disable()  # as its main function does, and before its modules are loaded

from precompass_lsp.__main__ import main  # noqa: E402

sys.exit(main())
