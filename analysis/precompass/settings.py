"""What a user can choose, wherever it was chosen: an editor, a command line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from precompass.julia.versions import VersionNumber

DEFAULT_WIDE_THRESHOLD = 10
"""Packages from which on a preference is reported as expensive."""


@dataclass(frozen=True)
class Settings:
    """What a user has chosen.

    Attributes:
        julia: whose rules apply; None means the version that wrote the manifest.
        depots: the depot path in the form of ``JULIA_DEPOT_PATH``; None means that variable.
        use_depot: whether to look into depots at all; sources of the project itself, and of what it
            develops, are read in any case.
        use_registry: whether to look into the registries of the depots.
        wide_threshold: packages from which on ``wide-invalidation`` reports a preference.
        variables: the environment variables that Julia would see.
    """

    julia: VersionNumber | None = None
    depots: str | None = None
    use_depot: bool = True
    use_registry: bool = True
    wide_threshold: int = DEFAULT_WIDE_THRESHOLD
    variables: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
