"""A value that is not a UUID, where a UUID is required.

A UUID is a string of 36 characters: hexadecimal digits in groups of 8, 4, 4, 4 and 12. If the value
is anything else, Pkg refuses to read the whole file, and so does Julia when it searches for the
package. The same applies to a section that is not a table, and to the entries of a manifest.

A common cause is a key with a dot: in TOML, `Foo.jl = "…"` is a table `Foo` with a key `jl`. The
name of a package has no `.jl`.

**Example**

```toml
# Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00"   # a digit is missing
```

**Use instead**

```toml
# Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"
```

**Fix** Write the UUID that the manifest, Julia or a registry has for this name.

**Source** `read_project_deps` and `read_project_uuid` in `src/project.jl`, `Manifest` in
`src/manifest.jl` of Pkg; `base/uuid.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.toml import Entry, Table, plain
from precompass.file_context import FileContext
from precompass.files.kinds import FileKind
from precompass.findings import Finding, Severity
from precompass.fixes import known_uuid
from precompass.julia.manifest import parse_manifest
from precompass.julia.uuids import parse_uuid
from precompass.rules.pkg_listing import sections_read
from precompass.rules.rule import MANIFESTS, PROJECT_FILES, Resource

CODE = "invalid-uuid"
SEVERITY = Severity.ERROR
KINDS = PROJECT_FILES | MANIFESTS
LOOKS_INTO: frozenset[Resource] = frozenset()


def check(context: FileContext) -> Iterator[Finding]:
    """Report every value in the place of a UUID that Pkg cannot read as one."""
    if context.kind is FileKind.MANIFEST:
        yield from _check_manifest(context)
    if context.kind is not FileKind.PROJECT or context.invalidations is None:
        return
    own = context.document.root.get("uuid")
    if own is not None and parse_uuid(plain(own.node)) is None:
        message = "Pkg refuses to read this file: the UUID of this project is not a valid one."
        yield context.finding(CODE, SEVERITY, own.node.span, message)
    julia = context.invalidations.environment.julia
    for section in sections_read(julia):
        entry = context.document.root.get(section)
        if entry is not None:
            yield from _check_section(context, section, entry)


def _check_section(context: FileContext, section: str, entry: Entry) -> Iterator[Finding]:
    if not isinstance(entry.node, Table):
        message = (
            f"Pkg refuses to read this file: `{section}` has to be a table of packages and their "
            "UUIDs."
        )
        yield context.finding(CODE, SEVERITY, entry.key.span, message)
        return
    for name, package in entry.node.entries.items():
        if isinstance(package.node, Table):
            message = (
                f"Pkg refuses to read this file: `{name}` is a table here, and a UUID is "
                "expected. A dot in a key makes a table; the name of a package has no `.jl`."
            )
            yield context.finding(CODE, SEVERITY, package.key.span, message)
        elif parse_uuid(plain(package.node)) is None:
            message = (
                f"Pkg refuses to read this file, and Julia to load {name}: this is not a UUID. "
                "It has 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12."
            )
            uuids = known_uuid.known(context, name)
            fixes = known_uuid.offers(context, (section, name), uuids)
            yield context.finding(CODE, SEVERITY, package.node.span, message, fixes=fixes)


def _check_manifest(context: FileContext) -> Iterator[Finding]:
    manifest = parse_manifest(context.path, context.text)
    entries = list(manifest.written_entries())
    if len(entries) == len(manifest.packages):
        return
    for name, index, table in entries:
        is_told = "uuid" in table or manifest.is_readable
        if is_told and parse_uuid(table.get("uuid")) is None:
            message = (
                f"Pkg refuses to read this manifest: the entry of {name} has no valid UUID. "
                "Restore the manifest, or delete it and let `Pkg.resolve()` write a new one."
            )
            yield context.finding(CODE, SEVERITY, manifest.span(name, index, "uuid"), message)
