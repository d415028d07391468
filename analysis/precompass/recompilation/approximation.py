"""What a project without a manifest would hold, approximately.

Nobody knows which versions Pkg's resolver will choose. The registries tell the newest versions
that fit each other as far as nothing has to be given up for it, and these are in for the
manifest here (see :mod:`precompass.registry.newest`). Registries do not tell which extensions a
package has, so there are none. A count from here is *approximate*, and no bound in either
direction; it is shown beside the exact ones and never mixed with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import msgspec
from msgspec.structs import replace

from precompass.documents.toml import parse_toml
from precompass.julia.compat import parse_compat
from precompass.julia.environment import Environment
from precompass.julia.manifest import Manifest, PackageEntry
from precompass.julia.stdlibs import STDLIBS
from precompass.julia.uuids import UUID
from precompass.julia.version_ranges import VersionSpec
from precompass.julia.versions import VersionNumber
from precompass.recompilation.invalidation import Invalidations
from precompass.registry.memory import Registered
from precompass.registry.newest import NewestClosure, NewestPackage, closure_of_newest
from precompass.registry.registries import Registries

_UNKNOWN_TREE = "unknown"  # of a package that is in no registry; a standard library has no tree


class Approximation(msgspec.Struct, frozen=True):
    """Answers about an environment as it would be with the newest compatible versions.

    Attributes:
        invalidations: the answers.
        fits: whether these versions fit each other; where they do not, Pkg would have to choose
            others.
        registries: what they were chosen from.
    """

    invalidations: Invalidations
    fits: bool
    registries: Registries


class _Allowed(msgspec.Struct, frozen=True):
    """The versions that all projects of a workspace allow."""

    specs: tuple[VersionSpec, ...]

    def __contains__(self, version: object) -> bool:
        return all(version in spec for spec in self.specs)


def approximate(environment: Environment, registered: Registered) -> Approximation | None:
    """Return answers about an environment that has no manifest; None where they are not there yet.

    Args:
        environment: of the project.
        registered: the registries from which its packages would come.
    """
    wanted = _wanted(environment)
    julia = environment.julia.version
    compute = partial(_newest_packages, registered.registries, wanted, julia)
    found = registered.later((tuple(wanted.items()), julia), compute)
    if found is None:
        return None
    packages, fits = found
    manifest = Manifest(environment.folder / "Manifest.toml", parse_toml(""), None, packages)
    there = replace(environment, manifest=manifest)
    return Approximation(Invalidations(there), fits, registered.registries)


def _wanted(environment: Environment) -> Mapping[UUID, tuple[str, _Allowed]]:
    """Return what the projects depend on, and in which versions."""
    own = {project.uuid for project in environment.projects}
    wanted: dict[UUID, tuple[str, _Allowed]] = {}
    for project in environment.projects:
        for name, uuid in project.deps.items():
            if uuid in own or name in project.weakdeps:
                continue
            spec = parse_compat(project.compat.get(name, ""))
            before = wanted[uuid][1].specs if uuid in wanted else ()
            wanted[uuid] = name, _Allowed((*before, spec) if spec is not None else before)
    return wanted


def _newest_packages(
    registries: Registries, wanted: Mapping[UUID, tuple[str, _Allowed]], julia: VersionNumber
) -> tuple[Mapping[UUID, PackageEntry], bool]:
    """Return the entries that a manifest would have, and whether their versions fit each other."""
    closure = closure_of_newest(registries, wanted, julia)
    fits = closure.settled and not any(one.conflicting for one in closure.packages.values())
    entries = {uuid: _entry(registries, closure, one) for uuid, one in closure.packages.items()}
    return entries, fits


def _entry(registries: Registries, closure: NewestClosure, package: NewestPackage) -> PackageEntry:
    below = (closure.packages[uuid] for uuid in package.dependencies if uuid in closure.packages)
    return PackageEntry(
        name=package.name,
        uuid=package.uuid,
        version=package.version,
        tree_sha1=None if package.uuid in STDLIBS else _tree_of(registries, package),
        path=None,
        entryfile=None,
        deps={one.name: one.uuid for one in below},
        weakdeps={},
        extensions={},
        repo_url=None,
        index=0,
    )


def _tree_of(registries: Registries, package: NewestPackage) -> str:
    if package.version is not None:
        for registered in registries.packages(package.uuid):
            found = registered.find(package.version)
            if found is not None:
                return found.tree_hash
    return _UNKNOWN_TREE
