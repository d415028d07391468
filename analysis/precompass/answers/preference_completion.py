"""Completion of preferences: tables, the keys that a package reads, values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

import msgspec

from precompass.answers.alternatives import compared_with
from precompass.answers.candidates import (
    Candidates,
    Completion,
    CompletionKind,
    Topic,
    other_keys,
)
from precompass.answers.cost_of_change import count_sentence
from precompass.answers.mentions import strings
from precompass.answers.package_completion import skipped_packages
from precompass.documents.toml_value import toml_value
from precompass.file_context import FileContext
from precompass.files.kinds import FileKind
from precompass.findings import Code, Paragraph, Strong
from precompass.julia.preferences import CLEAR, Preference
from precompass.julia.uuids import (
    JLL_WRAPPERS,
    PRECOMPILE_TOOLS,
    PREFERENCES,
    SNOOP_PRECOMPILE,
    UUID,
)
from precompass.julia.workload_tools import FLAG, SKIP_LIST, SWITCH
from precompass.recompilation.graph import Unit
from precompass.recompilation.invalidation import Invalidations
from precompass.recompilation.preference_places import allowed_values, known_keys, reads_of
from precompass.source.preference_reads import When
from precompass.wording import listed

_LITERAL = re.compile(r'true|false|[+-]?\d+(?:\.\d+)?|"[^"\\$\x00-\x1f\x7f]*"')
_RANKS = 2  # from which on a package is not known to read anything
_SHOWN_READS = 4  # places
_TOOLS = (SNOOP_PRECOMPILE, PRECOMPILE_TOOLS)


class ReadableKey(msgspec.Struct, frozen=True):
    """A key that a package reads.

    Attributes:
        default: its default, in Julia; None where the source does not tell.
        place: where it is read, for a person; empty where that is not known.
    """

    default: str | None
    place: str


def prefix_of(context: FileContext) -> tuple[str, ...]:
    """Return the keys that lead to the tables of preferences in a file."""
    return () if context.kind is FileKind.PREFERENCES else ("preferences",)


def tables(context: FileContext, candidates: Candidates) -> Iterator[Completion]:
    """Yield the tables that Julia would look at and that are not there yet.

    Those of packages that can read preferences come first: they depend on Preferences, or on a
    package that reads them on their behalf.
    """
    project, invalidations = context.project, context.invalidations
    if project is None or invalidations is None:
        return
    prefix = prefix_of(context)
    taken = other_keys(context.document.root.table(*prefix), candidates.cursor)
    packages = project.listed(invalidations.environment.julia)
    ranked = sorted((_rank(invalidations, uuid), name, uuid) for name, uuid in packages.items())
    for rank, name, uuid in ranked:
        if name not in taken and candidates.matches(name):
            detail = "" if rank < _RANKS else "reads no preferences, as far as is known"
            yield candidates.header((*prefix, name), detail, Topic(name, uuid))


def _rank(invalidations: Invalidations, uuid: UUID) -> int:
    environment = invalidations.environment
    entry = environment.entry(uuid)
    uses = set(entry.deps.values()) if entry is not None else set()
    for project in environment.projects:
        if project.uuid == uuid:
            uses |= set(project.deps.values())
    if uuid in _TOOLS or PREFERENCES in uses:
        return 0
    return 1 if uses & {PRECOMPILE_TOOLS, JLL_WRAPPERS, SNOOP_PRECOMPILE} else _RANKS


def keys(context: FileContext, candidates: Candidates, name: str) -> Iterator[Completion]:
    """Yield the keys that the package of a table reads, with their defaults as values."""
    uuid, invalidations = _package(context, name), context.invalidations
    if uuid is None or invalidations is None:
        return
    taken = other_keys(context.document.root.table(*prefix_of(context), name), candidates.cursor)
    for key, found in readable_keys(invalidations, uuid).items():
        if key in taken:
            continue
        value = found.default if found.default and _LITERAL.fullmatch(found.default) else ""
        if key in (FLAG, SWITCH):
            value = "false"
        elif key == SKIP_LIST:
            value = "[]"
        default = f"default: {found.default}" if found.default is not None else ""
        detail = " · ".join(part for part in (default, found.place) if part)
        yield candidates.entry(key, value, CompletionKind.KEY, detail, Topic(name, uuid, key))
    farther = _set_farther(context, invalidations, uuid)
    if farther and CLEAR not in taken:
        yield candidates.entry(
            CLEAR, "[]", CompletionKind.KEY, f"unsets what farther tables set: {listed(farther)}"
        )


def values(
    context: FileContext, candidates: Candidates, name: str, key: str
) -> Iterator[Completion]:
    """Yield values for a key: its default, or for a switch the other; what its reader knows.

    Of a key of which nothing is known, nothing is offered.
    """
    uuid, invalidations = _package(context, name), context.invalidations
    if uuid is None or invalidations is None:
        return
    path = (*prefix_of(context), name, key)
    if (uuid, key) == (SNOOP_PRECOMPILE, SKIP_LIST):
        yield from skipped_packages(context, invalidations, candidates, path, SNOOP_PRECOMPILE)
        return
    if key == CLEAR:
        written = context.document.root.get(*path)
        cleared = dict(strings(written.node)) if written is not None else {}
        for other in _set_farther(context, invalidations, uuid):
            if other not in cleared:
                yield candidates.item(other, CompletionKind.VALUE)
        return
    if candidates.cursor.in_array or candidates.cursor.in_braces:
        return
    found = readable_keys(invalidations, uuid).get(key)
    default = found.default if found is not None else None
    if key in (FLAG, SWITCH):
        default = "true"
    if default in ("true", "false"):
        texts = ["true", "false"] if default == "false" else ["false", "true"]
    else:
        texts = [default] if default is not None and _LITERAL.fullmatch(default) else []
        preference = Preference(uuid, key)
        texts += map(toml_value, allowed_values(invalidations, uuid).get(key, ()))
        texts += compared_with(context.session, reads_of(invalidations, preference))
    for text in dict.fromkeys(texts):
        detail = "default" if text == default else ""
        if text.startswith('"'):
            yield candidates.string(json.loads(text), CompletionKind.VALUE, detail)
        elif not candidates.cursor.quote:
            yield candidates.literal(text, detail)


def _set_farther(context: FileContext, invalidations: Invalidations, uuid: UUID) -> list[str]:
    """Return the keys of a package that are set farther in the stack than in this file."""
    farther: dict[str, None] = {}
    for source in invalidations.preferences(uuid).sources:  # from the farthest on
        if source.file == context.path:
            break
        farther |= dict.fromkeys(key for key in source.values if key != CLEAR)
    return list(farther)


def readable_keys(invalidations: Invalidations, uuid: UUID) -> Mapping[str, ReadableKey]:
    """Return the keys that a package reads, by caches, by its source, or as published.

    Keys that it reads while it compiles come first, each group by name.
    """
    unit = invalidations.graph.unit_of(uuid)
    if unit is None:
        return {}
    compiling: dict[str, ReadableKey] = {}
    running: dict[str, ReadableKey] = {}
    installed = invalidations.installed
    package = installed.source_evidence.package(unit)
    places = installed.source_evidence.places(unit)
    own = invalidations.graph.compiled_uuid(unit)
    for read in (*places, *(package.reads if package is not None else ())):
        if read.key is None or read.owner.uuid not in (None, own):
            continue
        if read.owner.uuid is None and read.owner.name not in (None, unit.name):
            continue
        group = compiling if read.when is When.COMPILE else running
        place = f"{read.site.file.name}:{read.site.line + 1}"
        group.setdefault(read.key, ReadableKey(read.default, place))
    for owner, key in invalidations.reads[unit.id].keys:
        if owner == own:
            compiling.setdefault(key, ReadableKey(None, ""))
    for key in known_keys(invalidations, unit) or ():
        compiling.setdefault(key, running.pop(key, ReadableKey(None, "")))
    if FLAG not in compiling and _has_workload(invalidations, unit):
        compiling[FLAG] = ReadableKey("true", "")
    later = {key: found for key, found in sorted(running.items()) if key not in compiling}
    return {**dict(sorted(compiling.items())), **later}


def _has_workload(invalidations: Invalidations, unit: Unit) -> bool:
    """Tell whether a package has a workload of PrecompileTools, or may have one."""
    installed = invalidations.installed
    workloads = installed.source_evidence.workloads(unit)
    if workloads is not None:
        return any(use.package == "PrecompileTools" for use in workloads)
    entry = invalidations.environment.entry(unit.uuid)
    return entry is not None and PRECOMPILE_TOOLS in entry.deps.values()


def about_preference(
    invalidations: Invalidations, name: str, preference: Preference
) -> tuple[Paragraph, ...]:
    """Return what is said about a preference."""
    lines: list[Paragraph] = [
        (Strong(f"{name}.{preference.key}"),),
        count_sentence(invalidations, invalidations.of_preference(preference)),
    ]
    for read in reads_of(invalidations, preference)[:_SHOWN_READS]:
        default = (", default ", Code(read.default)) if read.default is not None else ()
        when = "while it compiles" if read.when is When.COMPILE else "at run time"
        place = Code(f"{read.site.file.name}:{read.site.line + 1}")
        lines.append((f"Read {when} in ", place, *default, "."))
    return tuple(dict.fromkeys(lines))


def _package(context: FileContext, name: str) -> UUID | None:
    """Return the package to which a table belongs; None if Julia ignores the table."""
    if context.project is None or context.invalidations is None:
        return None
    return context.project.listed(context.invalidations.environment.julia).get(name)
