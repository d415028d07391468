"""Two names for one UUID.

A UUID identifies one package, and a package has one name. If one section lists a UUID under two
names, Pkg refuses to read the file. If two sections do, Pkg is silent, but only one of the names is
the package's own: Julia loads nothing under the other name, and may ignore its preferences.

**Example**

```toml
# Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"
DataFrames = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"   # copied, and not changed
```

**Use instead**

```toml
# Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"
DataFrames = "a93c6f00-e57d-5684-b7b6-d8193f3e46c0"
```

**Fix** Write the right UUID, or delete the extra line.

**Source** `validate` in `src/project.jl` of Pkg; `get_uuid_name` in `base/loading.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.toml import Entry
from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Fix, FixId, Related, Severity
from precompass.fixes import deletion, known_uuid
from precompass.julia.uuids import UUID
from precompass.rules.rule import PROJECT_FILES, Resource

CODE = "duplicate-uuid"
SEVERITY = Severity.ERROR
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report every name after the first that has the same UUID."""
    weakdeps = context.project.weakdeps
    seen: dict[UUID, tuple[str, str, Entry]] = {}
    for section, name, uuid, entry in context.listed_packages():
        first_section, first_name, first = seen.setdefault(uuid, (section, name, entry))
        if name == first_name:
            continue
        is_weak_only = section == "deps" and first_name in weakdeps
        is_refused = section == first_section and not is_weak_only
        consequence = (
            f"Pkg refuses to read this file: [{section}] lists this UUID as {first_name} already."
            if is_refused
            else f"[{first_section}] lists this UUID as {first_name}, and a package has one name: "
            "under the other one, nothing can be loaded."
        )
        yield context.finding(
            CODE,
            SEVERITY if is_refused else Severity.WARNING,
            entry.node.span,
            f"{consequence} Correct the UUID, or delete the extra line.",
            related=(Related(context.path, first.node.span, "The same UUID."),),
            fixes=(*_correct(context, section, name, uuid), _delete(context, section, name)),
        )


def _correct(context: EnvironmentContext, section: str, name: str, wrong: UUID) -> tuple[Fix, ...]:
    uuids = known_uuid.known(context, name)
    uuids.pop(wrong, None)
    return known_uuid.offers(context, (section, name), uuids)


def _delete(context: EnvironmentContext, section: str, name: str) -> Fix:
    return Fix(f"Delete {name}", FixId(deletion.VALUE, context.path, (section, name)))
