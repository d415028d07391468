"""The user's folders: home, and the cache folder, which holds what can be made again."""

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


def home_folder() -> Path:
    """Return the user's home folder; a place where nothing can be, if the system knows none.

    A container may run a program as a user whom the system does not know, without ``HOME``. Nor is
    a home that the working directory would decide about one.
    """
    try:
        home = Path.home()
    except RuntimeError:
        home = Path()
    return home if home.is_absolute() else Path(os.path.abspath(os.devnull), "home")  # noqa: PTH100


def _default() -> Path:
    if sys.platform == "linux":  # by the XDG Base Directory Specification
        named = Path(os.environ.get("XDG_CACHE_HOME", "").strip())
        return (named if named.is_absolute() else home_folder() / ".cache") / "precompass"
    import platformdirs  # imports readers of archives

    found = platformdirs.user_cache_path("precompass", appauthor=False)
    return found if found.is_absolute() else home_folder() / "precompass"
