"""Preferences of a package's own project, which a project that depends on it does not get.

Julia reads preferences from the environments of the load path, and from nowhere else: the project
file of a package, and the `LocalPreferences.toml` beside it, count while that package is the active
project, when it is tested, and for the members of a workspace whose base it is. A project that
depends on the package does not get them, however close it lies.

Reported are tables in these two files of a package that a manifest in the neighbourhood has at this
path.

**Example**

```toml
# ../Middle/Project.toml
name = "Middle"
uuid = "fb5c6ba5-8a20-4d5c-8b4e-9e6a3d1f2c02"

[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[preferences.CSV]
precompile_workload = false

# Project.toml
[deps]
Middle = "fb5c6ba5-8a20-4d5c-8b4e-9e6a3d1f2c02"
```

**Use instead**

```toml
# ../Middle/Project.toml
name = "Middle"
uuid = "fb5c6ba5-8a20-4d5c-8b4e-9e6a3d1f2c02"

[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

# Project.toml
[deps]
Middle = "fb5c6ba5-8a20-4d5c-8b4e-9e6a3d1f2c02"

[extras]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[preferences.CSV]
precompile_workload = false
```

**Fix** Set the preferences in the project that is active, which has to list the package.

**Source** `get_preferences` and `collect_preferences` in `base/loading.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from precompass.documents.text import Span
from precompass.file_context import EnvironmentContext, SetPreference
from precompass.files.shown import shown, shown_from
from precompass.findings import Finding, Related, Severity
from precompass.julia.developed_packages import developed_project
from precompass.julia.load_path import project_in
from precompass.julia.manifest import parse_manifest
from precompass.rules.near_manifests import manifests_naming
from precompass.rules.rule import FILES_WITH_PREFERENCES, Resource
from precompass.wording import listed

CODE = "preferences-of-dependency"
SEVERITY = Severity.INFORMATION
KINDS = FILES_WITH_PREFERENCES
LOOKS_INTO = frozenset({Resource.MANIFEST})


class _Dependent(msgspec.Struct, frozen=True):
    """A project that develops the package, and does not get some of its preferences.

    Attributes:
        project: its project file.
        manifest, span: the entry of the package.
        lost: the preferences that are not set for the project.
    """

    project: Path
    manifest: Path
    span: Span
    lost: tuple[SetPreference, ...]


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report the preferences that projects in the neighbourhood do not get, once for each file."""
    project = context.project
    preferences = tuple(context.preferences)
    if not preferences or not project.is_package or project.document.faults or context.is_hidden:
        return
    dependents = list(_dependents(context, preferences))
    if not dependents:
        return
    lost = dependents[0].lost
    projects = listed(_shown(one.project, context.path) for one in dependents)
    tables = dict.fromkeys(one.table.name for one in lost)
    depend = "depends" if len(dependents) == 1 else "depend"
    yield context.finding(
        CODE,
        SEVERITY,
        lost[0].table.header,
        f"These preferences of {listed(tables)} do not count for {projects}, which {depend} on "
        f"{project.name}: Julia reads the active project's, not those of its dependencies. Set "
        "them there too.",
        related=tuple(
            Related(one.manifest, one.span, f"The entry of {project.name}.") for one in dependents
        ),
    )


def _dependents(
    context: EnvironmentContext, preferences: Sequence[SetPreference]
) -> Iterator[_Dependent]:
    files, own = context.session.snapshot, context.project
    for path in manifests_naming(context, own):
        source = files.read(path)
        project = project_in(path.parent, files)
        if source is None or project in (None, own.path) or _is_of_tests(path, context):
            continue
        manifest = parse_manifest(path, source.text)
        entry = manifest.packages.get(own.uuid) if own.uuid is not None else None
        developed = developed_project(manifest, entry, files) if entry is not None else None
        if entry is None or developed is None or project is None:
            continue
        environment = context.session.environment(project)
        if environment is None or not files.same_folder(developed.path.parent, own.path.parent):
            continue
        if any(layer.project.path == own.path for layer in environment.layers):
            continue
        lost = tuple(
            one
            for one in preferences
            if environment.entry(one.preference.package) is not None
            and one.preference.key not in environment.preferences(one.preference.package).values
        )
        if lost:
            span = manifest.span(entry.name, entry.index, "path")
            yield _Dependent(project, path, span, lost)


def _is_of_tests(manifest: Path, context: EnvironmentContext) -> bool:
    """Tell whether a manifest is that of the package's tests, which get its preferences."""
    return manifest.parent == context.path.parent / "test"


def _shown(project: Path, own: Path) -> str:
    """Return where a project is: as seen from beside the package, or from its folder if above."""
    if own.is_relative_to(project.parent):
        return shown_from(project, own.parent)
    return shown(project, own.parent.parent)
