"""How large a registry may be, which anybody may have written."""

from __future__ import annotations

MAX_MEMBERS = 500_000  # General had 46,392 in April 2023
MAX_FILE_BYTES = 1 << 24  # its largest file, Registry.toml, 845,794
MAX_TOTAL_BYTES = 1 << 29  # all of it, decompressed and with headers, 50,432,000
MAX_NAME = 1000  # characters
