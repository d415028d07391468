"""A name with the UUID of another package.

Pkg uses the UUID: it installs the package with this UUID, under whatever name. A wrong UUID behind
a right name lets somebody else's code into a project, and is hard to see in a review. The rule
reports a UUID that belongs to a package of another name, and a UUID that no registry knows behind a
registered name. A private package with the name of a registered one is not reported if the
manifest, `[sources]` or a registry says where it comes from.

**Example**

```toml
# Project.toml
[deps]
CSV = "324d7699-5711-5eae-9e2f-1d82baa6b597"   # that is CategoricalArrays
```

**Use instead**

```toml
# Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"
```

**Fix** Write the UUID of the package that is meant, or its name.

**Source** The registries of the depots; `check_registered` in `src/Operations.jl` of Pkg, which
names the UUIDs of a name in its error; the standard libraries of Julia 1.6 to 1.14.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from precompass.findings import Finding, Fix, Severity
from precompass.fixes import registered_uuid, renaming
from precompass.julia.stdlibs import STDLIBS
from precompass.rules.rule import PROJECT_FILES, Resource
from precompass.wording import dated, listed

if TYPE_CHECKING:
    from precompass.file_context import EnvironmentContext
    from precompass.julia.uuids import UUID
    from precompass.registry.registries import Registries

CODE = "name-uuid-mismatch"
SEVERITY = Severity.ERROR
KINDS = PROJECT_FILES
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.REGISTRY})


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report every listed package whose name and UUID do not belong together."""
    registries = context.session.registries
    if registries is None:
        return
    for section, name, uuid, entry in context.listed_packages():
        owners = _names_of(registries, uuid)
        if name in owners or not (owners or registered_uuid.uuids_of(registries, name)):
            continue
        if uuid not in STDLIBS and not context.is_from_registry(name, uuid):
            continue
        fixes: tuple[Fix, ...] = ()
        if owners or not _is_in_manifest(context, uuid):
            fixes = registered_uuid.offers(registries, context.path, section, name)
        yield context.finding(
            CODE,
            SEVERITY if owners else Severity.WARNING,
            entry.node.span,
            _whose(registries, uuid) if owners else _nobodys(registries, name),
            fixes=(*fixes, *_renaming(context, section, name, owners)),
        )


def _is_in_manifest(context: EnvironmentContext, uuid: UUID) -> bool:
    """Tell whether Pkg has found the package in some registry, which is then not here."""
    return context.environment.entry(uuid) is not None


def _names_of(registries: Registries, uuid: UUID) -> frozenset[str]:
    names = {summary.name for summary in registries.summaries(uuid)}
    return frozenset(names | {STDLIBS[uuid]} if uuid in STDLIBS else names)


def _whose(registries: Registries, uuid: UUID) -> str:
    if uuid in STDLIBS:
        owner = f"{STDLIBS[uuid]}, which comes with Julia"
    else:
        summaries = registries.summaries(uuid)
        where = {summary.registry for summary in summaries}
        states = dated(registry for registry in registries.found if registry.name in where)
        owner = f"{listed(summary.name for summary in summaries)} in {states}"
    return f"This is the UUID of {owner}. Pkg goes by the UUID, so that is what this line installs."


def _nobodys(registries: Registries, name: str) -> str:
    right = registered_uuid.uuids_of(registries, name)
    known = listed(f"{uuid} ({where})" for uuid, where in right.items())
    return (
        f"{name} has another UUID: {known}. Whose this one is, {dated(registries.found)} "
        f"{'do' if len(registries.found) > 1 else 'does'} not know. If it is a package of your "
        "own, say in [sources] where it is, or add its registry."
    )


def _renaming(
    context: EnvironmentContext, section: str, name: str, owners: frozenset[str]
) -> Iterator[Fix]:
    for owner in sorted(owners):
        offer = renaming.offer(context, (section, name), owner)
        if offer is not None:
            yield Fix(offer.title, offer.id)
