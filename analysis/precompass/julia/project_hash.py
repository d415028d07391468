"""The hash by which Pkg tells that a manifest is older than its project.

When Pkg resolves, it writes into the manifest a hash over what the resolver was given: the
dependencies and their compat entries. ``Pkg.status`` and ``Pkg.instantiate`` compute it again
and warn where it is another one. Julia 1.8 was the first to do so, and there are five ways of
computing it.

Source: ``project_resolve_hash`` and ``workspace_resolve_hash`` in ``src/Types.jl``, the printing
of ranges in ``src/Versions.jl``, and ``Project`` in ``src/project.jl`` of Pkg, at the branches
for Julia 1.8 to 1.13 and as of May 2026. That ``[sources]`` count from Julia 1.13.1 on is known
from pull request 4787, and how a path is hashed from manifests that such a Julia wrote; how a URL
is, is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from functools import lru_cache

from precompass.julia.behaviour import Julia
from precompass.julia.compat import parse_compat
from precompass.julia.digests import sha1
from precompass.julia.environment import Environment
from precompass.julia.manifest import Manifest
from precompass.julia.project import ProjectFile, Requirements
from precompass.julia.uuids import UUID
from precompass.julia.version_ranges import ANY_VERSION, VersionRange, VersionSpec
from precompass.julia.version_unions import intersected


class HashedText(Enum):
    """What is hashed, by the version of Julia that came with it.

    A package in ``[deps]`` and ``[weakdeps]`` is a weak dependency since Julia 1.9, and no
    longer among the dependencies. A range was printed as ``1.2-1`` up to Julia 1.10, and is
    ``1.2 - 1`` since. From 1.12 on, the projects of a workspace count together, each project
    that is a package is a separate dependency, and weak dependencies count as well. From
    1.13.1 on, ``[sources]`` count too, where there are any.
    """

    DEPENDENCIES = "1.8"
    STRONG_DEPENDENCIES = "1.9"
    SPACED_RANGES = "1.11"
    WORKSPACE = "1.12"
    WORKSPACE_WITH_SOURCES = "1.13.1"


def recorded_hash(manifest: Manifest) -> str | None:
    """Return the hash that a manifest carries, in hexadecimal digits."""
    value = manifest.document.values.get("project_hash")
    return value if isinstance(value, str) else None


def is_current(environment: Environment) -> bool | None:
    """Tell whether the projects are as they were when their manifest was resolved.

    All ways are tried: when a newer Julia only removes a package, it writes its own hash
    and leaves the ``julia_version`` of the older one.

    Returns:
        None where nobody can tell: without a manifest, or without a hash in it; where a compat
        entry is not valid, which Pkg does not read; or where a source counts of which it is not
        known how it is hashed.
    """
    manifest, projects = environment.manifest, environment.projects
    recorded = recorded_hash(manifest) if manifest is not None else None
    if manifest is None or recorded is None:
        return None
    ways = [way for way in HashedText if way is not HashedText.WORKSPACE_WITH_SOURCES]
    hashes = {project_hash(projects, way) for way in ways}
    if None in hashes:
        return None
    if not any(project.sources for project in projects):
        return recorded.lower() in hashes
    with_sources = project_hash(projects, HashedText.WORKSPACE_WITH_SOURCES)
    if recorded.lower() in {*hashes, with_sources}:
        return True
    written_by = manifest.julia_version
    may_count = written_by is None or Julia(written_by).hashes_sources
    return None if with_sources is None and may_count else False


def project_hash(projects: Iterable[ProjectFile], way: HashedText) -> str | None:
    """Return the hash of a project, or of all the projects of its workspace.

    Args:
        projects: the active project and the others of its workspace.
        way: which text is hashed; only the last two look at more than the first project.

    Returns:
        40 hexadecimal digits; None where a compat entry is not valid, or a source is hashed in a
        way that is not known.
    """
    return _hash(tuple(project.requirements for project in projects), way)


@lru_cache(maxsize=64)
def _hash(projects: tuple[Requirements, ...], way: HashedText) -> str | None:
    if way in (HashedText.WORKSPACE, HashedText.WORKSPACE_WITH_SOURCES):
        text = _workspace_text(projects)
        if text is not None and way is HashedText.WORKSPACE_WITH_SOURCES:
            sources = _source_lines(projects)
            text = None if sources is None else f"{text}\n{sources}" if sources else text
    else:
        project = projects[0]
        deps = dict(project.deps if way is HashedText.DEPENDENCIES else project.strong_deps)
        separator = " - " if way is HashedText.SPACED_RANGES else "-"
        compat = {name: _printed((entry,), separator) for name, entry in project.compat}
        text = None if None in compat.values() else _lines(deps) + _lines(compat)
    if text is None:
        return None
    return sha1(text.encode()).hexdigest()


def _workspace_text(projects: Sequence[Requirements]) -> str | None:
    deps: dict[str, UUID] = {}
    weakdeps: dict[str, UUID] = {}
    entries: dict[str, list[str]] = {}
    for project in projects:
        if project.name is not None and project.uuid is not None:
            deps[project.name] = project.uuid
        deps.update(project.strong_deps)
        weakdeps.update(project.weakdeps)
        for name, entry in project.compat:
            entries.setdefault(name, []).append(entry)
    printed = {name: _printed(tuple(texts), " - ") for name, texts in entries.items()}
    if None in printed.values():
        return None
    compat = {name: printed.get(name, "*") for name in {**deps, **weakdeps}}
    return "\n".join((_lines(deps), _lines(weakdeps), _lines(compat)))


def _source_lines(projects: Sequence[Requirements]) -> str | None:
    """Return the text of the sources of all projects; None if one has more than a path."""
    values: dict[str, str] = {}
    for project in projects:
        for name, path in project.sources:
            if path is None:
                return None
            values[name] = f"path={path}"
    return _lines(values)


def _lines(values: Mapping[str, object]) -> str:
    return "".join(f"{name}={values[name]}\n" for name in sorted(values))


@lru_cache(maxsize=1 << 12)
def _printed(entries: tuple[str, ...], separator: str) -> str | None:
    """Print what several compat entries all allow; None where one is not valid."""
    allowed = ANY_VERSION
    for entry in entries:
        spec = parse_compat(entry)
        if spec is None:
            return None
        allowed = intersected(allowed, spec)
    return _print_spec(allowed, separator)


def _print_spec(spec: VersionSpec, separator: str) -> str:
    parts = [_print_range(part, separator) for part in spec.ranges]
    if not parts:
        return "∅"
    return parts[0] if len(parts) == 1 else f"[{', '.join(parts)}]"


def _print_range(versions: VersionRange, separator: str) -> str:
    lower, upper = (".".join(map(str, bound)) for bound in (versions.lower, versions.upper))
    if not versions.upper:
        return f"{lower}{separator}*" if lower else "*"
    return lower if lower == upper else f"{lower}{separator}{upper}"
