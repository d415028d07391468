"""What an environment without a manifest might hold: the newest compatible versions.

Without a manifest nobody knows which versions Julia would load. Pkg's resolver chooses versions
that fit each other, and gives up new ones for that (``src/Resolve`` of Pkg, a search over all
packages at once). Here nothing is searched: each package takes the newest version that fits what
the others ask for as they stand. The outcome is *approximate* and no bound in either direction:
where the resolver settles for an older version, that may depend on more packages or on fewer.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

import msgspec

from precompass.julia.uuids import UUID
from precompass.julia.versions import VersionNumber
from precompass.registry.packages import RegisteredPackage
from precompass.registry.registries import Registries

_MAX_ROUNDS = 10  # two or three are usual
_MAX_PACKAGES = 10_000


class NewestPackage(msgspec.Struct, frozen=True):
    """A package of the closure in the version that it would take.

    ``version`` is None where no registry has a usable one: a standard library, an unregistered
    package, or one whose versions are all yanked or for other versions of Julia.
    ``conflicting`` tells that no version fits all that is asked for, so that the newest that
    fits the project's own ``[compat]`` was taken, or the newest of all.
    """

    name: str
    uuid: UUID
    version: VersionNumber | None
    dependencies: tuple[UUID, ...]
    conflicting: bool


class NewestClosure(msgspec.Struct, frozen=True):
    """The packages that an environment would hold, approximately (see the module).

    ``settled`` is False where the choice went in a circle and was cut off: then the versions
    do not even fit what they ask of each other.
    """

    packages: Mapping[UUID, NewestPackage]
    settled: bool


def closure_of_newest(
    registries: Registries,
    wanted: Mapping[UUID, tuple[str, Container[VersionNumber]]],
    julia: VersionNumber | None = None,
) -> NewestClosure:
    """Return the newest compatible versions of a project's dependencies and of all they need.

    ``wanted`` are the project's dependencies: their names and the versions its ``[compat]``
    allows (:data:`~precompass.julia.version_ranges.ANY_VERSION` where it says nothing).
    Yanked versions, and versions for other versions of ``julia``, are never taken. Weak
    dependencies are not followed. The closure is approximate, for the reason that the module
    gives; say so wherever a figure comes from it.
    """
    candidates: dict[UUID, list[_Candidate]] = {}
    asked: dict[UUID, list[Container[VersionNumber]]] = {}
    packages: dict[UUID, NewestPackage] = {}
    for _ in range(_MAX_ROUNDS):
        before, packages, asked_before, asked = packages, {}, asked, {}
        names = {uuid: name for uuid, (name, _) in wanted.items()}
        queue = list(wanted)
        while queue and len(packages) < _MAX_PACKAGES:
            uuid = queue.pop()
            if uuid in packages:
                continue
            if uuid not in candidates:
                candidates[uuid] = _candidates(registries, uuid, julia)
            by_project = [wanted[uuid][1]] if uuid in wanted else []
            chosen, conflicting = _choose(candidates[uuid], by_project, asked_before.get(uuid, []))
            dependencies = () if chosen is None else chosen[1].dependencies(chosen[0])
            for dependency in dependencies:
                asked.setdefault(dependency.uuid, []).append(dependency.versions)
                names.setdefault(dependency.uuid, dependency.name)
            strong = tuple(d.uuid for d in dependencies if not d.in_weakdeps)
            version = None if chosen is None else chosen[0]
            packages[uuid] = NewestPackage(names[uuid], uuid, version, strong, conflicting)
            queue += strong
        if packages == before:
            return NewestClosure(packages, settled=not queue)
    return NewestClosure(packages, settled=False)


_Candidate = tuple[VersionNumber, RegisteredPackage]


def _candidates(
    registries: Registries, uuid: UUID, julia: VersionNumber | None
) -> list[_Candidate]:
    """Return the versions that may be taken, newest first, each from the first registry."""
    found: dict[VersionNumber, RegisteredPackage] = {}
    for package in registries.packages(uuid):
        for registered in package.versions:
            if not registered.yanked:
                found.setdefault(registered.version, package)
    newest_first = sorted(found.items(), key=lambda item: item[0].order, reverse=True)
    if julia is None:
        return newest_first
    return [(v, package) for v, package in newest_first if julia in package.julia_compat(v)]


def _choose(
    candidates: list[_Candidate],
    by_project: list[Container[VersionNumber]],
    by_packages: list[Container[VersionNumber]],
) -> tuple[_Candidate | None, bool]:
    """Return the newest candidate that fits, and whether something had to be passed over."""
    for asked in ([*by_project, *by_packages], by_project, []):
        for candidate in candidates:
            if all(candidate[0] in versions for versions in asked):
                return candidate, len(asked) < len(by_project) + len(by_packages)
    return None, False
