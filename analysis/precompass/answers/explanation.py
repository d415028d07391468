"""What there is to say about one preference, or one package: the answer to ``explain``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from precompass.answers.in_tests import InTests, answer_in_tests
from precompass.documents.toml import TomlDocument
from precompass.documents.values import TomlValue
from precompass.julia.developed_packages import preferences_in_developed
from precompass.julia.environment import Environment
from precompass.julia.files import Files
from precompass.julia.preferences import LookupFailure, Preference
from precompass.julia.uuids import UUID
from precompass.recompilation.approximation import Approximation
from precompass.recompilation.graph import Unit
from precompass.recompilation.invalidation import Invalidation, Invalidations, Recompilation
from precompass.recompilation.member_answers import MemberAnswer, answers_for
from precompass.recompilation.observers import Observation
from precompass.recompilation.read_reasons import (
    NoManifest,
    NotAllKnown,
    NotListed,
    ReadAt,
    WhyNot,
)
from precompass.session import Tests
from precompass.source.environment_reads import EnvironmentRead


class Origin(msgspec.Struct, frozen=True):
    """Where the value in effect is set: a file, and a line in it, from 0."""

    file: Path
    line: int


class Explanation(msgspec.Struct, frozen=True):
    """What is recompiled when a preference, or a package itself, changes, and why.

    Attributes:
        package: its name; of an extension, ``Parent/Extension``.
        uuid: of the package.
        key: of the preference; None if the question is about the package itself.
        recompilation: what is recompiled.
        observers: the units whose caches are bound to the preference.
        why_not: why Julia notices no change, or None if it does.
        value: of the preference in effect; None if it is not set.
        origin: where that value is set; of a merged table, the nearest place.
        approximate: about what would be recompiled, where there is no manifest and the
            registries tell; and what that rests on.
        chain: a shortest chain of dependencies from the project to the package.
        environment: in which it is asked about.
        errors: what makes Julia throw when it looks for the preferences of the package.
        variables: the environment variables that the package reads while it compiles, and where;
            Julia does not notice when they change.
        in_vain: where developed packages set the preference for themselves, which has no effect
            here.
        ignored: where the preferences files of the stack set it, and Julia ignores the table.
        in_tests: the answer for the tests of the project; None where it has none, or where the
            explanation is about them itself.
        members: the answers for the other projects of the workspace for which the preference
            counts, widest first.
    """

    package: str
    uuid: UUID
    key: str | None
    recompilation: Recompilation
    observers: tuple[Observation, ...]
    why_not: WhyNot | None
    value: TomlValue | None
    origin: Origin | None
    approximate: tuple[Recompilation, Approximation] | None
    chain: tuple[Unit, ...]
    environment: Environment
    errors: tuple[LookupFailure, ...]
    in_tests: InTests | None = None
    members: tuple[MemberAnswer, ...] = ()
    variables: tuple[tuple[EnvironmentRead, ReadAt], ...] = ()
    in_vain: tuple[Origin, ...] = ()
    ignored: tuple[Origin, ...] = ()

    @property
    def noticed(self) -> bool:
        """Whether Julia notices a change at all."""
        return self.why_not is None

    @property
    def reason(self) -> WhyNot | None:
        """Why Julia notices no change, or what the weakest evidence for an observer is."""
        reads = [seen.read for seen in self.observers]
        if self.why_not is not None or not reads:
            return self.why_not
        return max(reads, key=lambda read: read.evidence).because

    @property
    def is_known(self) -> bool:
        """Whether it is known what a change recompiles; of a package, only a manifest tells."""
        return not isinstance(self.why_not, NoManifest | NotAllKnown)

    @property
    def subject(self) -> str:
        """What the question is about: ``CSV``, ``CSV.precompile_workload``."""
        return self.package if self.key is None else f"{self.package}.{self.key}"


def explain(
    invalidations: Invalidations,
    uuid: UUID,
    key: str | None,
    approximation: Approximation | None = None,
    tests: Tests | None = None,
    members: Sequence[Invalidations] = (),
    files: Files | None = None,
) -> Explanation:
    """Explain a preference, or, where *key* is None, a package or an extension.

    Args:
        invalidations: of the environment.
        uuid: the package, or the extension, that is asked about.
        key: of the preference.
        approximation: what the environment would hold, where it has no manifest.
        tests: what ``Pkg.test`` runs, to be answered for besides.
        members: the other projects of the workspace for which its preferences count.
        files: where to look for preferences that developed packages set; None to look nowhere.
    """
    environment, graph = invalidations.environment, invalidations.graph
    unit = graph.unit_of(uuid)
    observers: tuple[Observation, ...] = ()
    why_not: WhyNot | None
    value = origin = None
    preferences = invalidations.preferences(uuid)
    if key is None:
        recompilation = invalidations.of_package(uuid)
        why_not = invalidations.why_not_of_package(uuid)
    else:
        invalidation = invalidations.of_preference(Preference(uuid, key))
        recompilation, observers = invalidation.recompilation, invalidation.observers
        why_not = invalidation.why_not
        value = preferences.values.get(key)
        source = preferences.origin(key)
        entry = source.entry(key) if source else None
        if source is not None and entry is not None:
            line = source.document.lines.line_of(entry.key.span.start)
            origin = Origin(source.file, line)
    return Explanation(
        package=unit.label if unit else _name_of(uuid, environment, approximation),
        uuid=uuid,
        key=key,
        recompilation=recompilation,
        observers=observers,
        why_not=why_not,
        value=value,
        origin=origin,
        approximate=_approximate(uuid, key, approximation),
        chain=graph.chain(unit.id) if unit else (),
        environment=environment,
        errors=preferences.errors,
        in_tests=answer_in_tests(tests, uuid, key) if tests is not None else None,
        members=(
            _for_members(invalidations, members, Preference(uuid, key))
            if key is not None
            else with_package(invalidations, members, uuid)
        ),
        variables=variables_of(invalidations, unit) if key is None else (),
        in_vain=_set_in_vain(environment, Preference(uuid, key), files) if key and files else (),
        ignored=_ignored(environment, uuid, key) if key and isinstance(why_not, NotListed) else (),
    )


def _ignored(environment: Environment, uuid: UUID, key: str) -> tuple[Origin, ...]:
    """Return where a preference stands in a table by the name of its package, without effect."""
    name = environment.name_of(uuid)
    found = []
    for layer in environment.layers:
        tables: list[tuple[Path, TomlDocument, tuple[str, ...]]]
        tables = [(layer.project.path, layer.project.document, ("preferences", name))]
        if layer.local is not None:
            tables.append((layer.local.path, layer.local.document, (name,)))
        for file, document, path in tables:
            table = document.root.table(*path)
            entry = table.entries.get(key) if table is not None else None
            if entry is not None:
                found.append(Origin(file, document.lines.line_of(entry.key.span.start)))
    return tuple(found)


def _set_in_vain(
    environment: Environment, preference: Preference, files: Files
) -> tuple[Origin, ...]:
    """Return where files of developed packages set a preference without effect."""
    found = preferences_in_developed(environment, *preference, files)
    return tuple(
        Origin(path, document.lines.line_of(entry.key.span.start))
        for path, document, entry in found
    )


def _for_members(
    own: Invalidations, members: Sequence[Invalidations], preference: Preference
) -> tuple[MemberAnswer, ...]:
    answers = answers_for(own, members, preference)
    return tuple(answer for answer in answers if answer.invalidations is not own)


def with_package(
    own: Invalidations, members: Sequence[Invalidations], uuid: UUID
) -> tuple[MemberAnswer, ...]:
    """Return the answers about a package of the projects that depend on it, if *own* does not."""
    if own.why_not_of_package(uuid) is None:
        return ()
    found = []
    for one in members:
        if one.why_not_of_package(uuid) is None:
            answer = Invalidation(Preference(uuid, ""), (), one.of_package(uuid), None)
            found.append(MemberAnswer(one, answer))
    return tuple(sorted(found, key=lambda one: -one.invalidation.recompilation.count))


def _approximate(
    uuid: UUID, key: str | None, approximation: Approximation | None
) -> tuple[Recompilation, Approximation] | None:
    if approximation is None or approximation.invalidations.graph.unit_of(uuid) is None:
        return None
    if key is None:
        return approximation.invalidations.of_package(uuid), approximation
    invalidation = approximation.invalidations.of_preference(Preference(uuid, key))
    return (invalidation.recompilation, approximation) if invalidation.noticed else None


def _name_of(uuid: UUID, environment: Environment, approximation: Approximation | None) -> str:
    there = approximation.invalidations.environment if approximation is not None else environment
    return there.name_of(uuid)


def variables_of(
    invalidations: Invalidations, unit: Unit | None
) -> tuple[tuple[EnvironmentRead, ReadAt], ...]:
    """Return the environment variables that a unit reads while it compiles, by its source."""
    return () if unit is None else invalidations.installed.source_evidence.variables(unit)
