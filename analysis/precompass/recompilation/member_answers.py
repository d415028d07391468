"""One preference in all projects of a workspace for which it counts.

The preferences of a workspace's base count for its projects (Julia 1.12, ``get_preferences``).
Which packages they recompile there, each project has to be asked by itself: it may depend on
packages that the base does not use.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from precompass.julia.preferences import Preference
from precompass.recompilation.invalidation import Invalidation, Invalidations

MOST_ASKED = 200
"""Projects of a workspace that are asked what a preference of its base recompiles for them."""


class MemberAnswer(msgspec.Struct, frozen=True):
    """What a change of a preference recompiles for one project.

    Attributes:
        invalidations: the answers about the project as the active one.
        invalidation: the answer about the preference.
    """

    invalidations: Invalidations
    invalidation: Invalidation

    @property
    def name(self) -> str:
        """The project's name; of one without a name, that of its folder."""
        project = self.invalidations.environment.project
        return project.name or project.path.parent.name


def answers_for(
    own: Invalidations, members: Sequence[Invalidations], preference: Preference
) -> tuple[MemberAnswer, ...]:
    """Return the answers of a project and of others for which its preferences count.

    The widest comes first; of equal ones the project's own, then by name.

    Args:
        own: the answers about the project whose file sets the preference.
        members: those about the others.
        preference: what changes.
    """
    first = MemberAnswer(own, own.of_preference(preference))
    if not members:
        return (first,)
    others = [MemberAnswer(one, one.of_preference(preference)) for one in members]
    others.sort(key=lambda answer: answer.name.casefold())

    def order(answer: MemberAnswer) -> tuple[int, bool]:
        return -answer.invalidation.recompilation.count, not answer.invalidation.noticed

    return tuple(sorted([first, *others], key=order))
