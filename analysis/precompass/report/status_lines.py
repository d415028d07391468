"""A project at a glance, in labelled lines that each surface lays out in its own way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from precompass.answers.status import IgnoredTable, PreferenceStatus, Status
from precompass.findings import Severity
from precompass.julia.project_hash import recorded_hash
from precompass.recompilation.why import Why
from precompass.report.places import shown
from precompass.rules.ignored_preferences import IGNORED
from precompass.wording import counted, unknown_part
from precompass.wording.shortening import shown_value
from precompass.wording.why import (
    conflict_sentence,
    fact_below_headline,
    headline,
    not_compiled_sentences,
    not_installed,
)

Labelled: TypeAlias = tuple[str, str]
"""A label, empty if it is that of the line above, and a message that may mark `code`."""

MOST_PREFERENCES = 6
_MOST_CAUSES = 3
_MOST_IGNORED = 3
_MAX_VALUE = 40  # characters


def status_lines(
    status: Status,
    folder: Path | None,
    *,
    most_preferences: int = MOST_PREFERENCES,
    has_causes: bool = True,
) -> Iterator[Labelled]:
    """Yield the lines of a status.

    Args:
        status: the answer.
        folder: paths below it are shown relative to it.
        most_preferences: of how many preferences there are lines of their own.
        has_causes: whether the root causes of what is recompiled next are among the lines.
    """
    environment = status.environment
    yield "project", shown(environment.project.path, folder)
    yield "Julia", _julia(status)
    layers = environment.layers
    if layers[0] is environment.own_layer:
        layers = layers[1:]
    stack = [shown(layer.project.path, folder) for layer in layers]
    yield "stack", ", ".join(stack) if stack else "this project alone"
    yield "manifest", _manifest(status, folder)
    yield "packages", _packages(status)
    yield "caches", _caches(status)
    if status.why is not None:
        yield "next", headline(status.why)
        if has_causes:
            yield from _causes(status.why, folder)
        for conflict in status.why.conflicts[:1]:
            yield "", conflict_sentence(conflict)
    yield from _preferences(status, folder, most_preferences)
    for number, table in enumerate(status.ignored[:_MOST_IGNORED]):
        yield "" if number else "ignored", _why_ignored(table, folder)
    if len(status.ignored) > _MOST_IGNORED:
        rest = len(status.ignored) - _MOST_IGNORED
        yield "", f"{counted(rest, 'more table')}: `precompass check` shows them."
    yield "findings", _findings(status)


def _causes(why: Why, folder: Path | None) -> Iterator[Labelled]:
    for cause in why.causes[:_MOST_CAUSES]:
        yield "", fact_below_headline(why, cause, folder)
    rest = len(why.causes) - _MOST_CAUSES
    if rest > 0:
        yield "", f"{counted(rest, 'more cause')}: `precompass why` lists them."
    for sentence in not_compiled_sentences(why.pending.not_compiled, folder)[:1]:
        yield "", sentence


def _why_ignored(table: IgnoredTable, folder: Path | None) -> str:
    """Say which table Julia ignores, and why; what to do is for `precompass check` to say."""
    said, _, _ = table.finding.message.partition(". ")
    why = said.removeprefix(IGNORED).removesuffix(".")
    return f"{shown(table.finding.file, folder)}:{table.line + 1}, `[{table.name}]`: {why}."


def _julia(status: Status) -> str:
    environment = status.environment
    source = {
        "manifest": "from the manifest",
        "setting": "as chosen",
        "newest": "the newest known, because no manifest names one",
    }[environment.julia_from]
    found = status.installation
    where = f"in {found.bindir}" if found is not None else "not found here"
    return f"{environment.julia.version} ({source}); Julia {environment.julia.series} is {where}"


def _manifest(status: Status, folder: Path | None) -> str:
    manifest = status.environment.manifest
    if manifest is None:
        return "none: run `Pkg.instantiate()` to write it"
    path = shown(manifest.path, folder)
    if status.is_manifest_current is None:
        for gap in status.environment.gaps:
            if gap.line is not None:
                return unknown_part(gap)
    version = manifest.julia_version
    if version is not None and version.minor != status.environment.julia.minor:
        path += f", resolved with Julia {version}"
    if status.is_manifest_current is None:
        why = ": it has no hash of the project" if recorded_hash(manifest) is None else ""
        return f"{path}; whether it is up to date is unknown{why}"
    if status.is_manifest_current:
        return f"{path}, up to date"
    return f"{path}, older than the project file: run `Pkg.resolve()`"


def _packages(status: Status) -> str:
    text = counted(status.packages, "package")
    if status.extensions:
        text += f", {counted(status.extensions, 'extension')}"
    if status.environment.gaps:
        text = f"at least {text}" if status.packages else "unknown"
    if status.why is not None and status.why.not_installed:
        text += f"; {not_installed(status.why)}"
    return text


def _caches(status: Status) -> str:
    caches = status.caches
    if caches is None:
        return "depots are not read"
    if not caches.files:
        return "none in any depot"
    parts = [f"{caches.fitting:,} fit"]
    if caches.stale:
        parts.append(f"{caches.stale:,} do not fit")
    if caches.missing:
        parts.append(f"{caches.missing:,} missing")
    return f"{', '.join(parts)} ({counted(caches.files, 'file')})"


def _preferences(status: Status, folder: Path | None, most: int) -> Iterator[Labelled]:
    if not status.preferences:
        yield "preferences", "none is set"
    for number, one in enumerate(status.preferences[:most]):
        yield "" if number else "preferences", preference_line(one, folder)
    rest = len(status.preferences) - most
    if rest > 0:
        yield "", f"{counted(rest, 'more preference')}: `--format json` lists them."


def preference_line(one: PreferenceStatus, folder: Path | None) -> str:
    """Say the value of a preference, where it is set, and what changing it recompiles."""
    value = shown_value(one.value, _MAX_VALUE)
    line = "" if one.line is None else f":{one.line + 1}"
    place = f" from {shown(one.file, folder)}{line}" if one.file is not None else ""
    if one.is_noticed is None:
        cost = "the effect of a change is unknown"
    elif not one.is_noticed:
        cost = "changing it recompiles nothing"
    else:
        least = "" if one.is_complete else "at least "
        number = counted(one.count, "package")
        cost = f"changing it recompiles {least}{number} ({one.evidence.word})"
    if one.members:
        name, count = one.members[0]
        cost += f"; for {name}, it recompiles {counted(count, 'package')}"
    if len(one.members) > 1:
        cost += f" ({counted(len(one.members) - 1, 'more project')} affected)"
    return f"`{one.package}.{one.key} = {value}`{place}: {cost}"


def _findings(status: Status) -> str:
    found = [
        counted(number, severity.value)
        if severity is not Severity.INFORMATION
        else f"{number} information"
        for severity in Severity
        if (number := status.findings.get(severity, 0))
    ]
    return f"{', '.join(found)}: `precompass check` shows them." if found else "none"
