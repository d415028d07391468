"""The folder in which Precompass keeps what it can make again: the user's cache folder."""

from __future__ import annotations

import os
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
    import platformdirs  # asked only where something is kept or looked up

    return platformdirs.user_cache_path("precompass", appauthor=False)
