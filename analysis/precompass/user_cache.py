"""The folder in which Precompass keeps what it can make again: the user's cache folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

NAMED_BY = "PRECOMPASS_CACHE"
"""The environment variable that names another folder."""


def user_cache(variables: Mapping[str, str] = os.environ) -> Path:
    """Return the folder.

    Args:
        variables: environment variables, of which ``PRECOMPASS_CACHE`` names another folder.
    """
    named = variables.get(NAMED_BY)
    return Path(named) if named else _default()


def _default() -> Path:
    if sys.platform == "linux":  # by the XDG Base Directory Specification
        home = os.environ.get("XDG_CACHE_HOME", "").strip() or os.path.expanduser("~/.cache")  # noqa: PTH111
        return Path(home, "precompass")
    import platformdirs  # imports readers of archives

    return platformdirs.user_cache_path("precompass", appauthor=False)
