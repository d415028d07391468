"""The folder in the user's cache that holds our indexes of registries."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from precompass.user_cache import user_cache


def cache_folder(variables: Mapping[str, str]) -> Path:
    """Return where indexes are kept: in the user's cache folder.

    Args:
        variables: environment variables, of which ``PRECOMPASS_CACHE`` names another folder.
    """
    return user_cache(variables) / "registries"
