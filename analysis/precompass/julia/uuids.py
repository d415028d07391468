"""UUIDs as Julia reads them from project files."""

from __future__ import annotations

import re
import uuid as _uuid
from functools import lru_cache

UUID = _uuid.UUID

_PATTERN = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")

_LENGTH = 36

SNOOP_PRECOMPILE = UUID("66db9d55-30c0-4569-8b51-7e840670fc0c")
PRECOMPILE_TOOLS = UUID("aea7be01-6a6a-4083-8856-8a6e6704d82a")
PREFERENCES = UUID("21216c6a-2e73-6563-6e65-726566657250")
JLL_WRAPPERS = UUID("692b3bcd-3c85-4b1f-b108-f13ce0eb3210")


def parse_uuid(value: object) -> UUID | None:
    """Return the UUID that a value of a TOML file says, or None where Julia refuses it.

    Only the form with four hyphens is one (``base/uuid.jl``).
    """
    return _parse(value) if isinstance(value, str) and len(value) == _LENGTH else None


@lru_cache(maxsize=1 << 13)  # a package is named by all that depend on it
def _parse(text: str) -> UUID | None:
    return UUID(text) if _PATTERN.fullmatch(text) else None
