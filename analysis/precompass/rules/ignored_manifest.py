"""A manifest that Julia does not read, because another one counts.

Julia reads one manifest for a project. It ignores this file, whatever is in it, in three cases. The
project belongs to a workspace (Julia 1.12 and later): the manifest of the workspace counts for all
its projects. The key `manifest` of the project file names another file. Or a `JuliaManifest.toml`
is beside it. The file is often left over from a time before the workspace. Versions in it are not
those that Julia loads, and changing it has no effect. Other rules do not check such a file, apart
from `unused-ignore` and `untrusted-path`.

**Example**

```toml
# Project.toml
manifest = "environments/Manifest.toml"

[deps]
Example = "7876af07-990d-54b4-ab0e-23690620f79a"

# environments/Manifest.toml
julia_version = "1.12.2"
manifest_format = "2.0"

[[deps.Example]]
git-tree-sha1 = "46e44e869b4d90b96bd8ed1fdcf32244fddfb6cc"
uuid = "7876af07-990d-54b4-ab0e-23690620f79a"
version = "0.5.3"

# Manifest.toml
julia_version = "1.12.2"
manifest_format = "2.0"
```

**Use instead**

```toml
# Project.toml
[deps]
Example = "7876af07-990d-54b4-ab0e-23690620f79a"

# Manifest.toml
julia_version = "1.12.2"
manifest_format = "2.0"

[[deps.Example]]
git-tree-sha1 = "46e44e869b4d90b96bd8ed1fdcf32244fddfb6cc"
uuid = "7876af07-990d-54b4-ab0e-23690620f79a"
version = "0.5.3"
```

**Fix** Delete the file, if no older version of Julia is used with it.

**Source** `project_file_manifest_path` and `base_project` in `base/loading.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.text import Span
from precompass.file_context import FileContext
from precompass.files.kinds import FileKind
from precompass.files.shown import shown_from
from precompass.findings import Finding, Severity
from precompass.julia.behaviour import Julia
from precompass.julia.environment import manifest_of_workspace
from precompass.julia.manifest import parse_manifest
from precompass.rules import untrusted_path, unused_ignore
from precompass.rules.rule import MANIFESTS, Resource

CODE = "ignored-manifest"
SEVERITY = Severity.INFORMATION
KINDS = MANIFESTS
LOOKS_INTO = frozenset({Resource.MANIFEST})

STILL_CHECKED = frozenset({CODE, unused_ignore.CODE, untrusted_path.CODE})
"""The rules that check such a manifest all the same."""


def check(context: FileContext) -> Iterator[Finding]:
    """Report a manifest that Julia does not read, as it reads another one."""
    found = _read_instead(context)
    if found is None:
        return
    entry = context.document.root.get("julia_version")
    span = entry.key.span if entry is not None else Span(0, 0)
    yield context.finding(CODE, SEVERITY, span, found, is_unnecessary=True)


def is_ignored(context: FileContext) -> bool:
    """Tell whether a file is a manifest that Julia does not read."""
    return context.kind is FileKind.MANIFEST and _read_instead(context) is not None


def _read_instead(context: FileContext) -> str | None:
    """Say which manifest Julia reads in place of this one; None if it reads this one."""
    project, files = context.project, context.session.snapshot
    if project is None:
        return None
    folder = context.path.parent
    julia = _julia_of(context)
    shared = manifest_of_workspace(project, julia, files) if julia is not None else None
    if julia is not None and shared is not None and shared != context.path:
        return (
            f"Julia {julia.series} ignores this manifest: the project belongs to a workspace, and "
            f"{shown_from(shared, folder)} counts. Delete this file if no older Julia uses it."
        )
    named = folder / project.manifest if project.manifest is not None else None
    if named is not None and files.is_file(named):
        if named.name == context.path.name and files.same_folder(named.parent, folder):
            return None
        return (
            f"Julia ignores this manifest: `manifest` in {project.path.name} names "
            f"{shown_from(named, folder)}. Delete this file, or the key."
        )
    nearer = context.path.with_name(f"Julia{context.path.name}")
    if not context.path.name.startswith("Julia") and files.is_file(nearer):
        return (
            f"Julia ignores this manifest: {nearer.name} is beside it. Delete one of the two files."
        )
    return None


def _julia_of(context: FileContext) -> Julia | None:
    """Return the Julia that reads a manifest: the chosen one, or else the one that wrote it."""
    invalidations = context.invalidations
    environment = invalidations.environment if invalidations is not None else None
    if environment is not None and environment.julia_from == "setting":
        return environment.julia
    written_by = parse_manifest(context.path, context.text).julia_version
    if written_by is not None:
        return Julia(written_by)
    return environment.julia if environment is not None else None
