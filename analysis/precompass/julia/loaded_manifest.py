"""The packages that a session loads in a project, where nearer environments have a say.

The first environment of the load path that has a package, even as an indirect dependency, decides
its version and what its dependencies are, for every session in which that environment is on the
load path. Source: ``manifest_uuid_path`` and ``identify_package`` in ``base/loading.jl``,
Julia 1.6 to 1.14-dev.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from precompass.julia.manifest import Manifest, PackageEntry
from precompass.julia.project import ProjectFile
from precompass.julia.uuids import UUID
from precompass.memo import memoised


class NearerEnvironment(msgspec.Struct, frozen=True):
    """An environment that the load path has before the active one."""

    project: ProjectFile
    manifest: Manifest | None


@memoised(size=lambda _, manifest, *__: len(manifest.document.text))
def loaded_manifest(
    manifest: Manifest, nearer: tuple[NearerEnvironment, ...], listed: frozenset[UUID]
) -> Manifest:
    """Return a manifest with the entries that nearer environments have of its packages.

    What those entries depend on is added. Paths of developed packages are absolute in them.

    Args:
        manifest: of the active project.
        nearer: the environments before it, nearest first.
        listed: what the active project depends on.
    """
    decided: dict[UUID, PackageEntry] = {}
    for environment in nearer:
        for entry in _entries(environment):
            decided.setdefault(entry.uuid, entry)
    found: dict[UUID, PackageEntry] = {}
    waiting = [*sorted(listed, reverse=True), *reversed([*manifest.packages])]
    while waiting:
        uuid = waiting.pop()
        known = decided.get(uuid) or manifest.packages.get(uuid)
        if known is not None and uuid not in found:
            found[uuid] = known
            waiting += [one for one in known.deps.values() if one is not None]
    return manifest if found == manifest.packages else replace(manifest, packages=found)


def _entries(environment: NearerEnvironment) -> Iterator[PackageEntry]:
    project, manifest = environment.project, environment.manifest
    if project.uuid is not None and project.name is not None:
        yield PackageEntry(
            name=project.name,
            uuid=project.uuid,
            version=project.version,
            tree_sha1=None,
            path=str(project.path.parent),
            entryfile=project.entryfile,
            deps=project.strong_deps,
            weakdeps=project.weakdeps,
            extensions=project.extensions,
            repo_url=None,
            index=0,
        )
    for entry in manifest.packages.values() if manifest is not None else ():
        if entry.path is not None and manifest is not None:
            entry = replace(entry, path=str(manifest.path.parent / entry.path))
        yield entry
