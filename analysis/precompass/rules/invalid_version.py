"""A value that is not a version, where a version is required.

The version of a project is a string such as `"1.2.3"`, in Julia's form of semantic versioning:
minor and patch are optional, and a prerelease (`"1.2.0-DEV"`) and a build may follow. If the value
is anything else, Pkg refuses to read the file. The same applies to the versions in a manifest.

**Example**

```toml
# Project.toml
version = 0.1      # a number; versions are strings
```

**Use instead**

```toml
# Project.toml
version = "0.1.0"
```

**Fix** Write the version as a string of up to three numbers.

**Source** `read_project_version` in `src/project.jl`, `safe_version` in `src/manifest.jl` of Pkg;
`base/version.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.toml import Entry, plain
from precompass.file_context import FileContext
from precompass.files.kinds import FileKind
from precompass.findings import Finding, Fix, Severity
from precompass.fixes import writing
from precompass.julia.manifest import Manifest, parse_manifest
from precompass.julia.versions import VersionNumber
from precompass.rules.rule import MANIFESTS, PROJECT_FILES, Resource

CODE = "invalid-version"
SEVERITY = Severity.ERROR
KINDS = PROJECT_FILES | MANIFESTS
LOOKS_INTO: frozenset[Resource] = frozenset()


def check(context: FileContext) -> Iterator[Finding]:
    """Report every value in the place of a version that Pkg cannot read as one."""
    if context.kind is FileKind.PROJECT:
        entry = context.document.root.get("version")
        if entry is not None and not _is_version(plain(entry.node)):
            message = (
                "Pkg refuses to read this file: this is not a version. Write it as a string of "
                'up to three numbers, such as "1.2.3".'
            )
            yield context.finding(
                CODE, SEVERITY, entry.node.span, message, fixes=_fixes(context, entry)
            )
    elif context.kind is FileKind.MANIFEST:
        yield from _check_manifest(context, parse_manifest(context.path, context.text))


def _check_manifest(context: FileContext, manifest: Manifest) -> Iterator[Finding]:
    advice = "Restore the manifest, or delete it and let `Pkg.resolve()` write a new one."
    written_by = context.document.values.get("julia_version")
    if written_by is not None and manifest.julia_version is None and manifest.prefix:
        entry = context.document.root.get("julia_version")
        message = f"Pkg refuses to read this manifest: this is not a version. {advice}"
        if entry is not None:
            yield context.finding(CODE, SEVERITY, entry.node.span, message)
    if all(package.version is not None for package in manifest.packages.values()):
        return
    for name, index, table in manifest.written_entries():
        if not _is_version(table.get("version", "0")):
            message = f"Pkg refuses to read this manifest: {name} has no valid version. {advice}"
            yield context.finding(CODE, SEVERITY, manifest.span(name, index, "version"), message)


def _is_version(value: object) -> bool:
    return isinstance(value, str) and VersionNumber.parse(value) is not None


def _fixes(context: FileContext, entry: Entry) -> tuple[Fix, ...]:
    """Offer the text as it stands there as a string, where that is a version."""
    text = context.text[entry.node.span.start : entry.node.span.end]
    if isinstance(plain(entry.node), int | float) and _is_version(text):
        return (writing.offer(context.path, ("version",), text),)
    return ()
