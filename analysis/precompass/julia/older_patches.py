"""The older patches of a series, where only the series of Julia is known and they differ.

The newest known patch counts there. What an older one does otherwise is found by asking each
property of :class:`~precompass.julia.behaviour.Julia`, or what follows from them, of all patches.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from precompass.julia.behaviour import Julia
from precompass.julia.compat import parse_compat
from precompass.julia.project import ProjectFile
from precompass.julia.versions import VersionNumber


class Patches(msgspec.Struct, frozen=True):
    """Neighbouring patches of a series, from the first to the last."""

    first: VersionNumber
    last: VersionNumber

    def __str__(self) -> str:
        """Return them as people write them: ``1.10.0 to 1.10.6``."""
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"


def differing_patches(
    julia: Julia, project: ProjectFile, behaviour: Callable[[Julia], object]
) -> Patches | None:
    """Return the patches of a series that behave otherwise than its newest known one.

    Args:
        julia: the Julia whose rules apply; unless only its series is known, there are none.
        project: the project; patches that its compat entry of ``julia`` excludes do not count.
        behaviour: what is compared. It is of one piece: no patch goes back to older behaviour.
    """
    if not julia.of_series:
        return None
    newest = behaviour(replace(julia, of_series=False))
    allowed = parse_compat(project.compat.get("julia", ""))
    differing = [
        version
        for version in (VersionNumber((*julia.minor, patch)) for patch in range(julia.patch))
        if (allowed is None or version in allowed)
        and behaviour(replace(julia, version=version, of_series=False)) != newest
    ]
    return Patches(differing[0], differing[-1]) if differing else None
