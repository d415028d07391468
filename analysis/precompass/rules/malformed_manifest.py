"""A manifest that Pkg refuses to read.

Pkg checks the whole manifest when it reads it. Every command of Pkg stops at the first fault: a
value of a wrong type, an invalid hash, a dependency that is named twice, a dependency with the UUID
of another package. Merges and manual edits cause such faults. Loading does not check, so packages
may still load until the next `Pkg` command.

Two entries with one UUID pass Pkg, which uses the last; Julia loads the first.

**Example**

```toml
# Manifest.toml
[[deps.CSV]]
git-tree-sha1 = "9519274b50500b8029973d241d32cfbf0b127d97"
pinned = "true"
uuid = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"
version = "0.10.4"
```

**Use instead**

```toml
# Manifest.toml
[[deps.CSV]]
git-tree-sha1 = "9519274b50500b8029973d241d32cfbf0b127d97"
pinned = true
uuid = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"
version = "0.10.4"
```

**Fix** Restore the manifest, or delete it and run `Pkg.resolve()`.

**Source** `read_field`, `normalize_deps` and `validate_manifest` in `src/manifest.jl` of Pkg.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from precompass.documents.text import Span
from precompass.documents.toml import Array, Entry, Table, plain
from precompass.file_context import FileContext
from precompass.findings import Finding, Related, Severity
from precompass.julia.manifest import Manifest, parse_manifest
from precompass.julia.manifest_faults import ManifestFault, manifest_faults
from precompass.rules.rule import MANIFESTS, Resource
from precompass.rules.together import groups
from precompass.wording import listed

CODE = "malformed-manifest"
SEVERITY = Severity.ERROR
KINDS = MANIFESTS
LOOKS_INTO: frozenset[Resource] = frozenset()

_ADVICE = "Restore the manifest, or delete it and run `Pkg.resolve()`."


def check(context: FileContext) -> Iterator[Finding]:
    """Report what Pkg does not accept."""
    manifest = parse_manifest(context.path, context.text)
    if not manifest.is_readable:
        return
    same: dict[tuple[bool, str], list[tuple[ManifestFault, Span]]] = {}
    for fault in manifest_faults(manifest):
        faults = same.setdefault((fault.is_refused, fault.reason), [])
        faults.append((fault, _place(manifest, fault)))
    for found in same.values():
        for group in groups(context.document, CODE, ((one, one[1]) for one in found)):
            yield _report(context, group)


def _report(context: FileContext, faults: Sequence[tuple[ManifestFault, Span]]) -> Finding:
    """Return the finding about one fault, which several entries may have."""
    (fault, span), *others = faults
    entries = "entry" if len({one.name for one, _ in faults}) == 1 else "entries"
    where = f"in the {entries} of {listed(one.name for one, _ in faults)}, " if fault.name else ""
    said = f"{where}{fault.reason}"
    if fault.is_refused:
        severity, said = SEVERITY, f"Pkg refuses to read this manifest: {said}"
    else:
        severity, said = Severity.WARNING, f"{said[0].upper()}{said[1:]}"
    related = tuple(Related(context.path, place, "Here, too.") for _, place in others)
    return context.finding(CODE, severity, span, f"{said}. {_ADVICE}", related=related)


def _place(manifest: Manifest, fault: ManifestFault) -> Span:
    """Return the place of the value at fault, as near as it can be told."""
    if fault.name:
        return _within(manifest.entry_of(fault.name, fault.index, fault.key), fault) or (
            manifest.span(fault.name, fault.index, fault.key)
        )
    root = manifest.document.root
    entry = root.get(fault.key) or root.get(*manifest.prefix, fault.key)
    return entry.key.span if entry is not None else Span(0, 0)


def _within(entry: Entry | None, fault: ManifestFault) -> Span | None:
    if entry is None or not fault.item:
        return None
    if isinstance(entry.node, Table):
        found = entry.node.get(fault.item)
        return found.key.span if found is not None else None
    items = entry.node.items if isinstance(entry.node, Array) else ()
    named = [item.span for item in items if plain(item) == fault.item]
    return named[-1] if named else None
