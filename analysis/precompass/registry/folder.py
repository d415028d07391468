"""The folder in the user's cache that holds our indexes of registries."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from precompass.user_cache import NAMED_BY, user_cache


class IndexFolder(msgspec.Struct, frozen=True):
    """Where indexes are kept. The user's cache folder is looked up only when there is a registry.

    Attributes:
        named: the folder that ``PRECOMPASS_CACHE`` names in its place, if it does.
    """

    named: str | None

    @property
    def path(self) -> Path:
        """The folder."""
        return cache_folder({NAMED_BY: self.named or ""})


def cache_folder(variables: Mapping[str, str]) -> Path:
    """Return where indexes are kept: in the user's cache folder.

    Args:
        variables: environment variables, of which ``PRECOMPASS_CACHE`` names another folder.
    """
    return user_cache(variables) / "registries"


def index_folder(variables: Mapping[str, str]) -> IndexFolder:
    """Return the same, before it is looked up."""
    return IndexFolder(variables.get(NAMED_BY))
