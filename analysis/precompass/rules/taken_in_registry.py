"""A package whose UUID, or whose name, another registered package has.

A UUID identifies a package. If a project file was copied with its UUID, Julia and Pkg cannot tell
the two packages apart, and Registrator refuses the copy: "Changing package names not supported
yet". General also refuses a name that another registered package has, in upper or lower case. In a
private registry, or unregistered, the name may be intended.

A UUID that no standard describes is refused for new packages as well (RFC 9562: version 1 to 8).

**Example**

```toml
# Project.toml
name = "SurveyMaps"
uuid = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"     # that of CSV
version = "0.1.0"
```

**Use instead**

```toml
# Project.toml
name = "SurveyMaps"
uuid = "0a1fb500-61f7-4b7e-9f33-8a1c5d2f7a10"
version = "0.1.0"
```

**Fix** Give the package a UUID of its own (`UUIDs.uuid4()`), or another name.

**Source** The guidelines of AutoMerge in RegistryCI: `meets_uuid_match_check`,
`meets_name_match_check`, `meets_distance_check`, `uuid_passes_sanity_check`; RegistryTools.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from precompass.findings import Finding, Severity
from precompass.julia.stdlibs import STDLIBS
from precompass.rules.registry_age import is_older
from precompass.rules.rule import PROJECT_FILES, Resource
from precompass.wording import dated, listed

if TYPE_CHECKING:
    from precompass.file_context import EnvironmentContext
    from precompass.julia.uuids import UUID
    from precompass.registry.registries import Registries
from precompass.registry.similar_names import similar_names

CODE = "taken-in-registry"
SEVERITY = Severity.WARNING
KINDS = PROJECT_FILES
LOOKS_INTO = frozenset({Resource.REGISTRY})

_VARIANT = 2
_NEWEST_VERSION = 8


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report the project's own UUID or name where another package has it."""
    project, registries = context.project, context.session.registries
    name, uuid = project.name, project.uuid
    if name is None or uuid is None or registries is None:
        return
    own, named = context.document.root.get("uuid"), context.document.root.get("name")
    if own is None or named is None:
        return
    others = sorted({one.name for one in registries.summaries(uuid)} | _stdlib(uuid))
    if others and name not in others:
        message = (
            f"This is the UUID of {others[0]}: Julia and Pkg take the two for one package, and "
            "Registrator refuses it. Give this package another UUID."
        )
        yield context.finding(CODE, SEVERITY, own.node.span, message)
    elif not others and project.version is not None and not context.is_never_registered:
        taken = _taken(registries, name)
        if taken is not None:
            message = (
                f"{dated(registries.found)} has another package called {taken}, so General accepts "
                "no new package of this name."
            )
            yield context.finding(CODE, Severity.INFORMATION, named.node.span, message)
            return
        if is_older(context, registries):
            return
        similar = () if name.endswith("_jll") else similar_names(registries, name)
        if similar:
            resembles = "resembles" if len(similar) == 1 else "resemble"
            message = (
                f"General's AutoMerge accepts no new package of this name by itself: "
                f"{listed(similar)} in {dated(registries.found)} {resembles} it. Choose another "
                "name, or ask for an exception in the pull request."
            )
            yield context.finding(CODE, Severity.HINT, named.node.span, message)
        if not _is_sound(uuid):
            message = (
                "General's AutoMerge accepts no new package with this UUID: its version is "
                "none that RFC 9562 describes. `UUIDs.uuid4()` makes one."
            )
            yield context.finding(CODE, Severity.HINT, own.node.span, message)


def _stdlib(uuid: UUID) -> set[str]:
    return {STDLIBS[uuid]} if uuid in STDLIBS else set()


def _taken(registries: Registries, name: str) -> str | None:
    """Return the name of a registered package that is the same up to case."""
    for one in registries.starting_with(name):
        if one.name.lower() == name.lower():
            return one.name
    return None


def _is_sound(uuid: UUID) -> bool:
    """Tell whether a UUID is one of RFC 9562, or of Julia's older ``uuid1`` (AutoMerge)."""
    number = uuid.int
    variant, version = number >> 62 & 3, number >> 76 & 15
    if variant == 0:
        return version == 1
    return variant == _VARIANT and 1 <= version <= _NEWEST_VERSION
