"""What a hover says about a preference, a table of preferences, or a name on the skip list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from precompass import wording
from precompass.answers.cost_of_change import count_sentence, others_sentence
from precompass.answers.hover_lines import Line, listed_briefly, of_rank, pieces_of
from precompass.answers.hover_of_packages import about_unit, assumed_of, chain_to, short_value
from precompass.answers.in_tests import answer_in_tests, in_tests_sentence
from precompass.answers.registry import about_dependents
from precompass.documents.toml import Entry, Table, plain
from precompass.file_context import (
    EnvironmentContext,
    PreferenceTable,
    string_items,
)
from precompass.findings import Code, Paragraph, Strong
from precompass.fixes import listing
from precompass.julia.preferences import CLEAR, Preference, Source
from precompass.julia.uuids import UUID
from precompass.julia.workload_tools import FLAG, THE_SKIP_LIST
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.graph import Unit
from precompass.recompilation.invalidation import Invalidation, Invalidations, Recompilation
from precompass.recompilation.member_answers import MemberAnswer
from precompass.recompilation.preference_places import reads_of
from precompass.recompilation.read_reasons import NotAllKnown
from precompass.rules import ignored_preferences
from precompass.settings.exclusion import severities_for
from precompass.source.preference_reads import When
from precompass.wording import (
    approximately,
    counted,
    for_member,
    recompiled,
)
from precompass.wording.read_reasons import rests_on


def about_table(
    context: EnvironmentContext, invalidations: Invalidations, table: PreferenceTable
) -> Iterator[Line]:
    """Yield what is said about a table: what changing each of its preferences recompiles."""
    yield Line((Strong(table.name), " · preferences"))
    uuid = table.uuid
    if uuid is None and context.counts_in_tests(table):
        yield Line(("These preferences count in `Pkg.test` only.",))
    elif uuid is None:
        cost = tuple(_cost_if_listed(context, invalidations, table, None))
        if not cost and not _has_finding(context, invalidations, table):
            cost = (_why_ignored(context, invalidations, table.name),)
        yield from of_rank(0, cost)
    else:
        yield from _costs(context, invalidations, uuid)
        yield from of_rank(5, about_dependents(context.session, uuid))
        yield from of_rank(1, assumed_of(context))


def _has_finding(
    context: EnvironmentContext, invalidations: Invalidations, table: PreferenceTable
) -> bool:
    """Return whether a finding at the name of an ignored table says why it is ignored.

    Editors show the finding in the same hover, so it is not said a second time.
    """
    severities = severities_for(context.session.settings, context.path)
    is_reported = severities.get(ignored_preferences.CODE, ignored_preferences.SEVERITY) is not None
    is_whole = not any(gap.line is not None for gap in invalidations.environment.gaps)
    return is_reported and is_whole and table.table is not None and bool(table.table.entries)


def _cost_if_listed(
    context: EnvironmentContext,
    invalidations: Invalidations,
    table: PreferenceTable,
    only: str | None,
) -> Iterator[Paragraph]:
    """Yield what changing an ignored table would recompile if the project listed its package.

    Args:
        context: of the file.
        invalidations: of its environment.
        table: the table.
        only: the key that is meant; without it, the one that recompiles the most.
    """
    uuid = listing.uuid_to_list(context.session, invalidations, table.name)
    if uuid is None or table.table is None or invalidations.environment.gaps:
        return
    listed_so = [
        invalidations.of_preference(Preference(uuid, key), if_listed=True).recompilation
        for key in table.table.entries
        if only in (None, key) and key != CLEAR
    ]
    if listed_so:
        most = recompiled(max(listed_so, key=lambda one: one.count))
        file = context.project.path.name
        if only is None:
            yield (f"If {file} listed {table.name}, changing a key here would recompile {most}.",)
        else:  # the sentence before has the file
            yield (f"With {table.name} listed, changing this would recompile {most}.",)


def _costs(context: EnvironmentContext, invalidations: Invalidations, uuid: UUID) -> Iterator[Line]:
    """Yield what changing each preference of a package recompiles; equal costs are said once."""
    rebuilding = tuple(about_unit(context, invalidations, uuid))
    keys = [key for key in invalidations.preferences(uuid).values if key != CLEAR]
    of_cost: dict[str, list[str]] = {}
    for key in keys:
        widest = context.widest(Preference(uuid, key))
        if isinstance(widest.invalidation.why_not, NotAllKnown):
            yield Line(("The effect of changing ", Code(key), " is unknown."), rank=2)
            continue
        cost = recompiled(widest.invalidation.recompilation) + for_member(widest, invalidations)
        of_cost.setdefault(cost, []).append(key)
    is_alike = len(of_cost) == 1 and invalidations.environment.manifest is not None
    if not is_alike or invalidations.graph.unit_of(uuid) is None:
        yield from of_rank(1, rebuilding)
    for cost, alike in of_cost.items():
        names = pieces_of([Code(key) for key in alike], last=" or ")
        yield Line(("Changing ", *names, " recompiles ", Strong(cost), "."), rank=2)


def about_preference(
    context: EnvironmentContext,
    invalidations: Invalidations,
    table: PreferenceTable,
    key: str,
    entry: Entry,
) -> Iterator[Line]:
    """Yield what is said about a preference: what changing it recompiles, and why.

    Args:
        context: of the file.
        invalidations: of the environment of the file.
        table: the table that sets the preference.
        key: of the preference.
        entry: the place that sets it.
    """
    yield Line((Strong(f"{table.name}.{key}"),))
    if table.uuid is None and context.counts_in_tests(table):
        yield from of_rank(0, _only_in_tests(context, table.name, key))
        return
    if table.uuid is None:
        yield Line(_why_ignored(context, invalidations, table.name))
        yield from of_rank(1, _cost_if_listed(context, invalidations, table, key))
        return
    if key == CLEAR:
        names = pieces_of([Code(name) for name, _ in string_items(entry.node)]) or ("none",)
        yield Line(("Unsets preferences that farther tables set: ", *names, "."))
        return
    preference = Preference(table.uuid, key)
    nearer = _nearer(context, invalidations, table, key)
    if nearer is not None:
        yield Line(_shadowed(context, invalidations, nearer, preference))
        return
    own, answers = invalidations, context.answers(preference)
    invalidations, invalidation = answers[0].invalidations, answers[0].invalidation
    if invalidations is not own:
        yield Line((f"For {answers[0].name}, a project of this workspace:",))
    if invalidation.noticed:
        yield Line(_change(invalidation))
        yield from of_rank(3, names_of(invalidation))
        for gap in invalidation.recompilation.gaps[:1]:
            yield Line((wording.sentence(wording.unknown_part(gap)),), rank=1)
    else:
        yield Line(count_sentence(invalidations, invalidation))
    yield from of_rank(2, others_sentence(answers))
    yield from of_rank(1, _approximate_change(context, preference))
    yield from of_rank(2, _in_tests(context, preference, answers))
    in_effect = invalidations.preferences(table.uuid).values.get(key)
    if isinstance(entry.node, Table) and in_effect != plain(entry.node):
        yield Line(("Julia merges it with tables of the same name in other files.",), rank=3)
    yield from of_rank(2, _where_read(invalidations, preference))
    if invalidation.noticed:
        yield from of_rank(4, _difference_of_loading(invalidation.recompilation))
    yield from of_rank(4, chain_to(invalidations, table.uuid))
    if invalidation.noticed:
        yield from of_rank(5, about_dependents(context.session, table.uuid))
        yield Line((_evidence(invalidations, invalidation),), rank=1)
    yield from of_rank(1, assumed_of(context))


def _evidence(invalidations: Invalidations, invalidation: Invalidation) -> str:
    """Say what a count rests on, in a sentence."""
    evidence = invalidation.recompilation.evidence
    basis = rests_on(evidence, invalidation.observers, invalidations.environment.julia)
    says_so = basis.startswith((f"{Evidence.ASSUMED.word}: ", "cannot tell: "))
    return f"{basis[:1].upper()}{basis[1:]}." if says_so else f"Evidence: {basis}."


def _change(invalidation: Invalidation) -> Paragraph:
    """Say what changing a preference recompiles: its readers, and what depends on them."""
    recompilation = invalidation.recompilation
    return (
        f"Changing it {wording.recompiles(recompilation)} ",
        Strong(recompiled(recompilation)),
        f": {_who(invalidation)}.",
    )


def _only_in_tests(context: EnvironmentContext, name: str, key: str) -> list[Paragraph]:
    """Say what a preference does that counts in the tests alone."""
    if context.tests is None:
        return []
    environment = context.tests.environment.environment
    uuid = environment.project.listed(environment.julia).get(name)
    if uuid is None:
        return []
    value = environment.preferences(uuid).values.get(key)
    lines: list[Paragraph] = [(in_tests_sentence(answer_in_tests(context.tests, uuid, key)),)]
    if value is not None:
        lines.append(("The value in the tests is ", Code(short_value(value)), "."))
    return lines


def _in_tests(
    context: EnvironmentContext, preference: Preference, said: Sequence[MemberAnswer]
) -> list[Paragraph]:
    """Say what a change recompiles for the tests of the package that the file belongs to.

    Not if they run in a project of the workspace of which it is *said*.
    """
    tests = context.tests
    if tests is None:
        return []
    if context.project.path != tests.environment.package.path:
        return []
    answer = answer_in_tests(tests, *preference)
    return [] if answer.is_among(said) else [(in_tests_sentence(answer),)]


def _approximate_change(context: EnvironmentContext, preference: Preference) -> list[Paragraph]:
    """Say what a change of a preference would recompile if there were a manifest."""
    approximation = context.approximation
    if approximation is None:
        return []
    invalidation = approximation.invalidations.of_preference(preference)
    if not invalidation.noticed:
        return []
    return [(approximately(invalidation.recompilation, approximation),)]


def _nearer(
    context: EnvironmentContext, invalidations: Invalidations, table: PreferenceTable, key: str
) -> Source | None:
    """Return the table that overrides or clears a preference of this file, if there is one."""
    source = context.source(table)
    if table.uuid is None or source is None:
        return None
    return invalidations.preferences(table.uuid).shadowing(source, key)


def _shadowed(
    context: EnvironmentContext,
    invalidations: Invalidations,
    nearer: Source,
    preference: Preference,
) -> Paragraph:
    package, key = preference
    verb = "sets" if key in nearer.values else "clears"
    table, file = Code(f"[{'.'.join(nearer.path)}]"), Code(_where(context, nearer.file))
    here = "Changing this recompiles nothing: "
    sentence: Paragraph = (
        here,
        table,
        " in ",
        file,
        f" {verb} ",
        Code(key),
        ", which overrides this.",
    )
    values = invalidations.preferences(package).values
    if key not in values:
        return sentence
    return *sentence, " The value in effect is ", Code(short_value(values[key])), "."


def _where_read(invalidations: Invalidations, preference: Preference) -> list[Paragraph]:
    """Say where a preference is read without leaving a trace in a cache."""
    lines: list[Paragraph] = []
    for read in reads_of(invalidations, preference):
        place = Code(f"{read.site.file.name}:{read.site.line + 1}")
        if read.when is When.RUN:
            lines.append(
                ("Read at run time in ", place, ": a change takes effect without recompiling.")
            )
        elif not read.is_recorded:
            how = (
                f" by `{read.recording.value}`, which Julia does not record: a change takes effect "
                "only when the package is recompiled for another reason."
            )
            lines.append(("Read in ", place, how))
    return list(dict.fromkeys(lines))[:3]


def _where(context: EnvironmentContext, file: Path) -> str:
    return file.name if file.parent == context.path.parent else str(file)


def _who(invalidation: Invalidation) -> str:
    seen = [observation.unit for observation in invalidation.observers]
    names, rest = listed_briefly(unit.label for unit in seen), _dependents(invalidation)
    if not rest:
        return names
    if len(rest) == 1:
        return f"{names}, and {rest[0].label}, which depends on {_it(len(seen))}"
    extensions = sum(unit.is_extension for unit in rest)
    kinds = [(len(rest) - extensions, "package"), (extensions, "extension")]
    them = " and ".join(counted(number, kind) for number, kind in kinds if number)
    return f"{names}, and the {them} that depend on {_it(len(seen))}"


def _it(number: int) -> str:
    return "it" if number == 1 else "them"


def _dependents(invalidation: Invalidation) -> list[Unit]:
    """Return what is recompiled besides the readers of a preference."""
    readers = {seen.unit.id for seen in invalidation.observers}
    return [unit for unit in invalidation.recompilation.units if unit.id not in readers]


def _difference_of_loading(recompilation: Recompilation) -> list[Paragraph]:
    """Say where loading compiles other things than ``Pkg.precompile()`` does."""
    left_out = listed_briefly(unit.label for unit in recompilation.only_by_pkg)
    if not left_out:
        return []
    sentence = (
        f"`Pkg.precompile()` recompiles all of these; loading does not recompile {left_out}, whose "
        "caches do not depend on it."
    )
    return [(sentence,)]


def names_of(invalidation: Invalidation, limit: int = 8) -> list[Paragraph]:
    """Return the names of what depends on the readers, packages first, as a short paragraph."""
    dependents = _dependents(invalidation)
    if len(dependents) <= 1:
        return []
    units = sorted(dependents, key=lambda unit: (unit.is_extension, unit.label.casefold()))
    shown = ", ".join(unit.label for unit in units[:limit])
    return [(shown + (f" and {len(units) - limit:,} more" if len(units) > limit else ""),)]


def _why_ignored(context: EnvironmentContext, invalidations: Invalidations, name: str) -> Paragraph:
    project = invalidations.environment.project.path.name
    broken = next((gap for gap in invalidations.environment.gaps if gap.line is not None), None)
    if broken is not None:
        return ("Whether Julia reads this is unknown: ", wording.unknown_part(broken), ".")
    if listing.uuid_to_list(context.session, invalidations, name) is None:
        return f"Julia ignores this: {project} and its manifest know no package ", Code(name), "."
    return (f"Julia ignores this: {project} does not list {name}.",)


def about_skipped(
    context: EnvironmentContext, invalidations: Invalidations, name: str
) -> Iterator[Line]:
    """Yield what is said about a name on the skip list: the cost of the list, and of a flag."""
    root = name.split(".", 1)[0]
    uuid = invalidations.environment.named(root)
    yield Line((Strong(name), " · on the skip list of SnoopPrecompile"))
    if uuid is None or invalidations.graph.package(uuid) is None:
        gap = next((one for one in invalidations.environment.gaps if one.hides_names), None)
        if gap is not None:
            rest = wording.unknown_part(gap)
            yield Line((f"Whether this environment has such a package is unknown: {rest}.",))
        else:
            yield Line(("This environment has no such package.",))
        return
    whole = invalidations.of_preference(THE_SKIP_LIST).recompilation
    yield Line(("Changing the list recompiles ", Strong(recompiled(whole)), "."))
    flag = invalidations.of_preference(Preference(uuid, FLAG), if_listed=True)
    if flag.noticed:
        cost = recompiled(flag.recompilation)
        line = ("Its own flag ", Code(f"[{root}] {FLAG}"), f" would recompile {cost}.")
        yield Line(line, rank=1)
    else:
        yield from of_rank(2, about_unit(context, invalidations, uuid))
    yield from of_rank(4, chain_to(invalidations, uuid))
