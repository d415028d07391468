"""Resolve an example's dependencies against a registry, and write its ``Manifest.toml``.

    python examples/make_manifest.py examples/CatchmentModels REGISTRY/General.toml

Like ``Pkg.resolve()`` this takes for each package the newest version that the others allow, the
direct dependencies first, and writes the file as Pkg of Julia 1.9 does. What the registry does
not say is in ``facts.toml``: the standard libraries, the extensions, and what was registered
later. Before anything is written, every bound of every package is checked once more.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

from precompass.julia.compat import parse_compat
from precompass.julia.project import parse_project
from precompass.julia.project_hash import HashedText, project_hash
from precompass.julia.version_ranges import ANY_VERSION, VersionSpec
from precompass.julia.versions import VersionNumber
from precompass.registry.index import Registry, open_registry
from precompass.registry.sources import RegistrySource, registry_source

JULIA = VersionNumber((1, 9, 0))
_FACTS = tomllib.loads(Path(__file__).with_name("facts.toml").read_text())
_STANDARD_LIBRARIES = {UUID(library["uuid"]) for library in _FACTS["standard_libraries"].values()}

Versions: TypeAlias = int
"""A set of versions of one package: bit i stands for the i-th newest candidate."""


@dataclass(frozen=True)
class Candidate:
    """A version that could be chosen; ``deps`` and ``weakdeps`` are without the bounds."""

    name: str
    uuid: UUID
    version: VersionNumber
    tree_hash: str
    deps: Mapping[str, UUID]
    weakdeps: Mapping[str, UUID]
    bounds: Mapping[UUID, VersionSpec]


class Packages:
    """All candidates that run on this Julia, newest first, and how they bound each other."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._later = {
            UUID(fact["uuid"]): _later_candidate(name, fact)
            for name, fact in _FACTS["later"].items()
        }
        self.candidates = cache(self._candidates)
        self.allowed = cache(self._allowed)

    def _candidates(self, uuid: UUID) -> Sequence[Candidate]:
        """Return the candidates of a package; none of one that is not registered."""
        package = self._registry.package(uuid)
        if uuid in self._later or package is None:
            return [self._later[uuid]] if uuid in self._later else []
        found = []
        for registered in reversed(package.versions):
            version = registered.version
            if registered.yanked or JULIA not in package.julia_compat(version):
                continue
            dependencies = package.dependencies(version)
            weak = {d.name: d.uuid for d in dependencies if d.in_weakdeps}
            strong = {d.name: d.uuid for d in dependencies if d.name not in weak}
            bounds = {d.uuid: d.versions for d in dependencies}
            found.append(
                Candidate(package.name, uuid, version, registered.tree_hash, strong, weak, bounds)
            )
        return found

    def _allowed(self, uuid: UUID, index: int) -> Mapping[UUID, Versions]:
        """Return the versions of other packages with which a candidate can be chosen."""
        return {
            other: sum(
                1 << place
                for place, candidate in enumerate(self.candidates(other))
                if candidate.version in bound
            )
            for other, bound in self.candidates(uuid)[index].bounds.items()
            if other not in _STANDARD_LIBRARIES
        }

    def all_versions(self, uuid: UUID) -> Versions:
        """Return the set of all candidates of a package."""
        return (1 << len(self.candidates(uuid))) - 1

    def needed(self, uuid: UUID, index: int) -> frozenset[UUID]:
        """Return the packages that a candidate brings in, without standard libraries."""
        return frozenset(self.candidates(uuid)[index].deps.values()) - _STANDARD_LIBRARIES


def resolve(packages: Packages, direct: Mapping[UUID, VersionSpec]) -> list[Candidate] | None:
    """Return a candidate for each package that is needed, or None where none fit together."""
    start = {
        uuid: sum(
            1 << index
            for index, candidate in enumerate(packages.candidates(uuid))
            if candidate.version in bound
        )
        for uuid, bound in direct.items()
    }
    possible = _narrow(packages, start)
    solution = _choose(packages, possible) if possible else None
    if solution is None:
        return None
    chosen = (packages.candidates(uuid)[next(_bits(only))] for uuid, only in solution.items())
    return sorted(chosen, key=lambda candidate: candidate.name)


def _choose(
    packages: Packages, possible: Mapping[UUID, Versions]
) -> Mapping[UUID, Versions] | None:
    """Fix the first package that is open to its newest version that works out."""
    package = next((uuid for uuid, versions in possible.items() if versions.bit_count() > 1), None)
    if package is None:
        return possible
    for index in _bits(possible[package]):
        narrowed = _narrow(packages, {**possible, package: 1 << index})
        solution = _choose(packages, narrowed) if narrowed else None
        if solution:
            return solution
    return None


def _narrow(packages: Packages, start: Mapping[UUID, Versions]) -> Mapping[UUID, Versions] | None:
    """Strike out what cannot be, add what all remaining candidates need, until nothing changes."""
    possible = dict(start)
    changed = True
    while changed:
        changed = False
        for package in list(possible):
            keep = [
                index
                for index in _bits(possible[package])
                if all(
                    possible.get(other, packages.all_versions(other)) & versions
                    for other, versions in packages.allowed(package, index).items()
                    if other in possible or other in packages.needed(package, index)
                )
            ]
            if not keep:
                return None
            changed |= len(keep) < possible[package].bit_count()
            possible[package] = sum(1 << index for index in keep)
            for other in frozenset.intersection(*(packages.needed(package, i) for i in keep)):
                changed |= other not in possible
                possible.setdefault(other, packages.all_versions(other))
            for other in {other for index in keep for other in packages.allowed(package, index)}:
                if other in possible:
                    everything = packages.all_versions(other)
                    union = 0
                    for index in keep:
                        union |= packages.allowed(package, index).get(other, everything)
                    changed |= possible[other] & union != possible[other]
                    possible[other] &= union
                    if not possible[other]:
                        return None
    return possible


def _bits(versions: Versions) -> Iterator[int]:
    return (index for index in range(versions.bit_length()) if versions >> index & 1)


def violations(
    chosen: Sequence[Candidate], direct: Mapping[UUID, VersionSpec], packages: Packages
) -> Iterator[str]:
    """Say which bounds the chosen versions break, and which package could be newer alone."""
    versions = {candidate.uuid: candidate for candidate in chosen}
    for candidate in chosen:
        for name, uuid in candidate.deps.items():
            if uuid not in versions and uuid not in _STANDARD_LIBRARIES:
                yield f"{candidate.name} needs {name}, which is missing"
        yield from _broken_bounds(candidate, versions)
        for newer in packages.candidates(candidate.uuid):
            if newer.version <= candidate.version:
                break
            others = {**versions, newer.uuid: newer}
            if (
                newer.version in direct.get(newer.uuid, ANY_VERSION)
                and all(u in others or u in _STANDARD_LIBRARIES for u in newer.deps.values())
                and not any(
                    True for other in others.values() for _ in _broken_bounds(other, others)
                )
            ):
                yield f"{candidate.name} {candidate.version} could be {newer.version}"
    for uuid, bound in direct.items():
        if uuid not in versions or versions[uuid].version not in bound:
            yield f"the project's own bound on {uuid} does not hold"


def _broken_bounds(candidate: Candidate, versions: Mapping[UUID, Candidate]) -> Iterator[str]:
    for uuid, bound in candidate.bounds.items():
        if uuid in versions and versions[uuid].version not in bound:
            yield f"{candidate.name} {candidate.version} allows {versions[uuid].name} {bound}"


def manifest_text(chosen: Sequence[Candidate], project: Mapping[str, Any], hashed: str) -> str:
    """Return the manifest of format 2.0 as Pkg of Julia 1.9 prints it, for a project's hash."""
    libraries = _libraries(
        {uuid for candidate in chosen for uuid in candidate.deps.values()}
        | {UUID(uuid) for uuid in project["deps"].values()}
    )
    present = {candidate.name for candidate in chosen} | set(libraries)
    entries = {candidate.name: _entry(candidate, present) for candidate in chosen} | {
        name: _table(deps=library.get("deps"), uuid=library["uuid"], version=library.get("version"))
        for name, library in libraries.items()
    }
    head = (
        "# This file is machine-generated - editing it directly is not advised\n\n"
        f'julia_version = "{JULIA}"\n'
        'manifest_format = "2.0"\n'
        f'project_hash = "{hashed}"\n'
    )
    return head + "".join(f"\n[[deps.{name}]]\n{entries[name]}" for name in sorted(entries))


def _entry(candidate: Candidate, present: Iterable[str]) -> str:
    extensions = _FACTS["extensions"].get(candidate.name, {})
    if bool(extensions) != bool(candidate.weakdeps):
        raise SystemExit(f"facts.toml does not know the extensions of {candidate.name}")
    weakdeps = {name: str(uuid) for name, uuid in sorted(candidate.weakdeps.items())}
    as_list = set(weakdeps) <= set(present)
    text = _table(
        deps=sorted(candidate.deps),
        **{"git-tree-sha1": candidate.tree_hash},
        uuid=str(candidate.uuid),
        version=str(candidate.version),
        weakdeps=list(weakdeps) if as_list else None,
    )
    tables = {"extensions": extensions, "weakdeps": {} if as_list else weakdeps}
    for key, table in tables.items():
        if table:
            text += f"\n    [deps.{candidate.name}.{key}]\n"
            text += "".join(f"    {name} = {json.dumps(table[name])}\n" for name in sorted(table))
    return text


def _table(**values: object) -> str:
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items() if value)


def _libraries(wanted: Iterable[UUID]) -> Mapping[str, Mapping[str, Any]]:
    """Return the standard libraries among the wanted packages, and all that they need."""
    library = _FACTS["standard_libraries"]
    todo = [name for name, fact in library.items() if UUID(fact["uuid"]) in set(wanted)]
    found = {}
    while todo:
        name = todo.pop()
        found[name] = library[name]
        todo += [needed for needed in library[name].get("deps", ()) if needed not in found]
    return found


def _later_candidate(name: str, fact: Mapping[str, Any]) -> Candidate:
    version = VersionNumber.parse(fact["version"])
    if version is None:
        raise SystemExit(f"facts.toml has no version of {name}")
    deps = {dependency: UUID(uuid) for dependency, uuid in fact["deps"].items()}
    bounds = {uuid: VersionSpec.parse(fact["compat"][other]) for other, uuid in deps.items()}
    known = {uuid: bound for uuid, bound in bounds.items() if bound is not None}
    return Candidate(name, UUID(fact["uuid"]), version, fact["git-tree-sha1"], deps, {}, known)


def _allowed_by(project: Mapping[str, Any], name: str) -> VersionSpec:
    """Return the versions of a dependency that the project file itself allows."""
    return parse_compat(project["compat"].get(name, "")) or ANY_VERSION


def main() -> int:
    """Write the manifest, or say why not."""
    parser = argparse.ArgumentParser(description="Resolve an example and write its manifest.")
    parser.add_argument("example", type=Path, help="the folder of its project file")
    parser.add_argument("registry", type=Path, help="General.toml, or an unpacked registry")
    arguments = parser.parse_args()
    project_file = arguments.example / "Project.toml"
    project_text = project_file.read_text()
    project = tomllib.loads(project_text)
    source = registry_source(arguments.registry)
    if not isinstance(source, RegistrySource):
        raise SystemExit(f"{arguments.registry} is no registry")
    registry, problems = open_registry(source, cache=None)
    if registry is None:
        raise SystemExit(f"{arguments.registry} cannot be read: {problems}")
    packages = Packages(registry)
    direct = {
        UUID(uuid): _allowed_by(project, name)
        for name, uuid in project["deps"].items()
        if UUID(uuid) not in _STANDARD_LIBRARIES
    }
    chosen = resolve(packages, direct)
    if chosen is None:
        raise SystemExit("no versions fit together")
    broken = list(violations(chosen, direct, packages))
    if broken:
        raise SystemExit("\n".join(broken))
    manifest = arguments.example / "Manifest.toml"
    parsed = parse_project(project_file, project_text)
    hashed = project_hash((parsed,), HashedText.STRONG_DEPENDENCIES)
    if hashed is None:
        raise SystemExit(f"{project_file} has a compat entry that Pkg cannot read")
    manifest.write_text(manifest_text(chosen, project, hashed))
    print(f"{manifest}: {len(chosen)} packages, every bound holds", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
