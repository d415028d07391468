"""One project at a glance: the answer to ``precompass status``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from precompass.depot.installations import Installation
from precompass.documents.text import LineIndex
from precompass.documents.values import TomlValue
from precompass.findings import Finding, Severity
from precompass.julia.environment import Environment
from precompass.julia.preferences import CLEAR, Preference
from precompass.julia.project_hash import is_current
from precompass.recompilation.cache_checks import CacheChecks
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.invalidation import Invalidations
from precompass.recompilation.member_answers import answers_for
from precompass.recompilation.read_reasons import NotAllKnown
from precompass.recompilation.why import Why
from precompass.rules import check
from precompass.session import Session


class PreferenceStatus(msgspec.Struct, frozen=True):
    """A preference in effect.

    Attributes:
        file, line: where it is set; the line counts from 0.
        count: how many packages a change recompiles; at least so many if *is_complete* is false.
        members: the other projects of the workspace for which a change recompiles packages, each
            with how many, the widest first.
        is_noticed: whether Julia notices a change; None if that cannot be told.
        is_complete: whether all is known that the count rests on.
    """

    package: str
    key: str
    value: TomlValue
    file: Path | None
    line: int | None
    count: int
    evidence: Evidence
    is_noticed: bool | None
    is_complete: bool
    members: tuple[tuple[str, int], ...] = ()


class CacheStatus(msgspec.Struct, frozen=True):
    """The compile caches of an environment.

    Attributes:
        fitting: units with a cache that fits.
        stale: units that have caches, of which none fits.
        missing: units without any cache.
        files: cache files.
    """

    fitting: int
    stale: int
    missing: int
    files: int


class IgnoredTable(msgspec.Struct, frozen=True):
    """A table of preferences that Julia ignores.

    Attributes:
        finding: what `ignored-preferences` reports.
        name: as the header, or the key, writes it.
        line: where it begins, from 0.
    """

    finding: Finding
    name: str
    line: int


class Status(msgspec.Struct, frozen=True):
    """A project at a glance.

    Attributes:
        installation: the Julia that was found on this machine, if any.
        is_manifest_current: whether the manifest is up to date; None without one, of a broken
            one, and of one without a hash of the project.
        preferences: those in effect, the widest first.
        ignored: the tables of preferences that Julia ignores.
        caches: None if no depot is looked into.
        why: what is recompiled next; None if no depot is looked into.
        findings: how many of each severity.
    """

    environment: Environment
    installation: Installation | None
    depots: tuple[str, ...]
    is_manifest_current: bool | None
    packages: int
    extensions: int
    preferences: tuple[PreferenceStatus, ...]
    ignored: tuple[IgnoredTable, ...]
    caches: CacheStatus | None
    why: Why | None
    findings: Mapping[Severity, int]


def status(
    session: Session, invalidations: Invalidations, checks: CacheChecks | None, why: Why | None
) -> Status:
    """Return a project at a glance.

    Args:
        session: the files, with the settings that count for the project.
        invalidations: the answers about its environment.
        checks: of its caches.
        why: what is recompiled next.
    """
    environment, graph = invalidations.environment, invalidations.graph
    findings = tuple(_findings(session, environment))
    members = session.members_below(invalidations)
    preferences = sorted(_preferences(invalidations, members), key=_by_width)
    return Status(
        environment=environment,
        installation=session.installation(environment.julia),
        depots=session.depots(environment.julia),
        is_manifest_current=_is_manifest_current(environment),
        packages=graph.package_count,
        extensions=graph.extensions.bit_count(),
        preferences=tuple(preferences),
        ignored=tuple(
            _ignored(session, one) for one in findings if one.code == "ignored-preferences"
        ),
        caches=_caches(checks, why) if checks is not None and checks.stack.depots else None,
        why=why,
        findings=Counter(finding.severity for finding in findings),
    )


def _ignored(session: Session, finding: Finding) -> IgnoredTable:
    source = session.snapshot.read(finding.file)
    text, lines = (source.text, source.lines) if source is not None else ("", LineIndex(""))
    span = finding.span
    return IgnoredTable(finding, text[span.start : span.end], lines.line_of(span.start))


def _is_manifest_current(environment: Environment) -> bool | None:
    """Tell whether a manifest is that of its projects; None where that cannot be told."""
    manifest, project = environment.manifest, environment.project
    if manifest is None or manifest.first_loss is not None or project.first_loss is not None:
        return None
    if any(uuid not in manifest.packages for uuid in project.strong_deps.values()):
        return False
    return is_current(environment)


def _by_width(one: PreferenceStatus) -> tuple[int, str, str]:
    widest = max(one.count, *(count for _, count in one.members), 0)
    return -widest, one.package, one.key


def _findings(session: Session, environment: Environment) -> Iterator[Finding]:
    """Yield the findings in the files of a project: its own, and its manifest."""
    paths = [environment.project.path]
    own = environment.own_layer.local
    if own is not None:
        paths.append(own.path)
    if environment.manifest is not None:
        paths.append(environment.manifest.path)
    for path in paths:
        yield from check(session, path)


def _preferences(
    invalidations: Invalidations, members: Sequence[Invalidations]
) -> Iterator[PreferenceStatus]:
    for uuid in invalidations.environment.described_uuids():
        preferences = invalidations.preferences(uuid)
        name = invalidations.environment.name_of(uuid)
        for key, value in preferences.values.items():
            if key == CLEAR:
                continue
            answers = answers_for(invalidations, members, Preference(uuid, key))
            found = next(one.invalidation for one in answers if one.invalidations is invalidations)
            source = preferences.origin(key)
            entry = source.entry(key) if source is not None else None
            line = None
            if source is not None and entry is not None:
                line = source.document.lines.line_of(entry.key.span.start)
            recompilation = found.recompilation
            yield PreferenceStatus(
                package=name,
                key=key,
                value=value,
                file=source.file if source is not None else None,
                line=line,
                count=recompilation.count,
                evidence=recompilation.evidence,
                is_noticed=None if isinstance(found.why_not, NotAllKnown) else found.noticed,
                is_complete=recompilation.is_complete,
                members=tuple(
                    (one.name, one.invalidation.recompilation.count)
                    for one in answers
                    if one.invalidations is not invalidations and one.invalidation.noticed
                ),
            )


def _caches(checks: CacheChecks, why: Why | None) -> CacheStatus:
    pending = {one.unit.id for one in why.units} if why is not None else set()
    pending |= {one.unit.id for one in why.pending.not_compiled} if why is not None else set()
    fitting = stale = missing = files = 0
    for unit in checks.stack.graph.order:
        if unit.kind not in ("package", "extension"):
            continue
        caches = checks.of(unit)
        files += len(caches)
        if not caches:
            missing += 1
        elif unit.id in pending or all(cache.reason is not None for cache in caches):
            stale += 1
        else:
            fitting += 1
    return CacheStatus(fitting, stale, missing, files)
