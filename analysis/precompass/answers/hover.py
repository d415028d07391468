"""What is said about the thing under the cursor, as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path

from precompass import wording
from precompass.answers.definition import module_of, places_of_reads
from precompass.answers.explanation import variables_of
from precompass.answers.hover_lines import Line, fitting, listed_briefly, of_rank, pieces_of
from precompass.answers.in_tests import answer_in_tests, in_tests_sentence
from precompass.answers.links import repository_page
from precompass.answers.registry import about_dependents, about_newest
from precompass.documents.text import Span
from precompass.documents.toml import Array, Entry, Table, plain
from precompass.documents.toml_value import toml_value
from precompass.documents.values import TomlValue
from precompass.file_context import (
    EnvironmentContext,
    PreferenceTable,
    environment_context_of,
    string_items,
)
from precompass.files.kinds import FileKind
from precompass.findings import Act, Code, Hover, Link, Paragraph, Strong
from precompass.fixes import listing
from precompass.julia.environment import Environment
from precompass.julia.manifest import PackageEntry
from precompass.julia.preferences import CLEAR, Preference, Source
from precompass.julia.stdlibs import STDLIBS
from precompass.julia.uuids import UUID, parse_uuid
from precompass.julia.workload_tools import FLAG, THE_SKIP_LIST
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.graph import Unit
from precompass.recompilation.held_back import not_newest
from precompass.recompilation.invalidation import Invalidation, Invalidations, Recompilation
from precompass.recompilation.member_answers import MemberAnswer
from precompass.recompilation.preference_places import reads_of
from precompass.recompilation.read_reasons import NotAllKnown
from precompass.rules import ignored_preferences
from precompass.session import Session
from precompass.settings.exclusion import severities_for
from precompass.source.preference_reads import When
from precompass.wording import (
    NO_MANIFEST,
    approximately,
    counted,
    for_member,
    held_back_by,
    read_reasons,
    recompiled,
)
from precompass.wording.read_reasons import environment_variables, rests_on
from precompass.wording.why import fact

_LONGEST_VALUE = 60  # characters
_LONGEST_CHAIN = 8  # packages
_SECTIONS = ("deps", "weakdeps", "extras", "compat", "sources")


def hover(session: Session, path: Path, offset: int, *, shows_hints: bool = False) -> Hover | None:
    """Return what is said about a place, or None where there is nothing to say.

    Args:
        session: the user's files.
        path: the file.
        offset: the place, a code point offset.
        shows_hints: whether the client shows inlay hints; what they show is not repeated.
    """
    context = environment_context_of(session, path)
    if context is None:
        return None
    if context.kind is FileKind.MANIFEST:
        return _manifest_hover(context, context.invalidations, offset)
    found = _preference_hover(context, context.invalidations, offset)
    if found is None and context.kind is FileKind.PROJECT:
        shows_hints &= context.session.settings.inlay_hints is not False
        found = _dependency_hover(context, context.invalidations, offset, shows_hints=shows_hints)
    return found


# Preferences


def _preference_hover(
    context: EnvironmentContext, invalidations: Invalidations, offset: int
) -> Hover | None:
    for table in context.tables:
        if offset in table.header:
            links = _links(context, table.uuid) if table.uuid is not None else ()
            said = fitting(_about_table(context, invalidations, table))
            return Hover(table.header, said, tuple(links))
    found = context.preference_at(offset)
    if found is None:
        return None
    table, key, entry = found
    preference = Preference(table.uuid, key) if table.uuid is not None else None
    links = _links(context, preference.package, preference) if preference is not None else ()
    if preference == THE_SKIP_LIST:
        for name, span in string_items(entry.node):
            if offset in span:
                lines = _about_skipped(context, invalidations, name)
                return Hover(span, fitting(lines), tuple(links))
    lines = _about_preference(context, invalidations, table, key, entry)
    return Hover(entry.key.span, fitting(lines), tuple(links))


def _links(
    context: EnvironmentContext, uuid: UUID, preference: Preference | None = None
) -> Iterator[Link]:
    """Yield where a hover about a package, or a preference of it, leads to."""
    if preference is None or preference.key != CLEAR:
        yield Link("Picture", Act.PICTURE)
        yield Link("Explain", Act.EXPLAIN)
    if preference is None:
        yield from (Link("Source", place) for place in module_of(context, uuid))
    else:
        places = places_of_reads(context, preference)
        yield from (Link("Line that reads it", place) for place in places[:1])
    page = repository_page(context.session, uuid)
    if page is not None:
        yield Link("Repository", page)


def _about_table(
    context: EnvironmentContext, invalidations: Invalidations, table: PreferenceTable
) -> Iterator[Line]:
    yield Line((Strong(table.name), " · preferences"))
    uuid = table.uuid
    if uuid is None and context.counts_in_tests(table):
        yield Line(("These preferences count in `Pkg.test` only.",))
    elif uuid is None:
        cost = tuple(_cost_if_listed(context, invalidations, table))
        if not cost and not _has_finding(context, invalidations, table):
            cost = (_why_ignored(context, invalidations, table.name),)
        yield from of_rank(0, cost)
    else:
        yield from _costs(context, invalidations, uuid)
        yield from of_rank(5, about_dependents(context.session, uuid))


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
    context: EnvironmentContext, invalidations: Invalidations, table: PreferenceTable
) -> Iterator[Paragraph]:
    """Yield what changing an ignored table would recompile if the project listed its package."""
    uuid = listing.uuid_to_list(context.session, invalidations, table.name)
    if uuid is None or table.table is None or invalidations.environment.gaps:
        return
    listed_so = [
        invalidations.of_preference(Preference(uuid, key), if_listed=True).recompilation
        for key in table.table.entries
    ]
    if listed_so:
        most = recompiled(max(listed_so, key=lambda one: one.count))
        file = context.project.path.name
        yield (f"If {file} listed {table.name}, changing a key here would recompile {most}.",)


def _costs(context: EnvironmentContext, invalidations: Invalidations, uuid: UUID) -> Iterator[Line]:
    """Yield what changing each preference of a package recompiles; equal costs are said once."""
    rebuilding = tuple(_about_unit(context, invalidations, uuid))
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


def _about_preference(
    context: EnvironmentContext,
    invalidations: Invalidations,
    table: PreferenceTable,
    key: str,
    entry: Entry,
) -> Iterator[Line]:
    yield Line((Strong(f"{table.name}.{key}"),))
    if table.uuid is None and context.counts_in_tests(table):
        yield from of_rank(0, _only_in_tests(context, table.name, key))
        return
    if table.uuid is None:
        yield Line(_why_ignored(context, invalidations, table.name))
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
    yield from of_rank(2, _in_tests(context, preference))
    in_effect = invalidations.preferences(table.uuid).values.get(key)
    if isinstance(entry.node, Table) and in_effect != plain(entry.node):
        yield Line(("Julia merges it with tables of the same name in other files.",), rank=3)
    yield from of_rank(2, _where_read(invalidations, preference))
    if invalidation.noticed:
        yield from of_rank(4, _difference_of_loading(invalidation.recompilation))
    yield from of_rank(4, _chain(invalidations, table.uuid))
    if invalidation.noticed:
        yield from of_rank(5, about_dependents(context.session, table.uuid))
        yield Line((_evidence(invalidations, invalidation),), rank=1)


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


def count_sentence(invalidations: Invalidations, invalidation: Invalidation) -> Paragraph:
    """Say what a change of a preference recompiles, and what that rests on."""
    if invalidation.why_not is not None:
        return (read_reasons.no_change(invalidation.why_not, invalidations.environment),)
    recompilation = invalidation.recompilation
    basis = rests_on(
        recompilation.evidence, invalidation.observers, invalidations.environment.julia
    )
    rest = f" ({basis})."
    for gap in recompilation.gaps[:1]:
        rest += f" {wording.sentence(wording.unknown_part(gap))}"
    verb = wording.recompiles(recompilation)
    return f"Changing it {verb} ", Strong(recompiled(recompilation)), rest


def others_sentence(answers: Sequence[MemberAnswer]) -> list[Paragraph]:
    """Say what the change recompiles for the projects of a workspace besides the first."""
    others = [f"{recompiled(one.invalidation.recompilation)} for {one.name}" for one in answers[1:]]
    return [(f"It recompiles {listed_briefly(others, 3)}.",)] if others else []


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
        lines.append(("The value in the tests is ", Code(_shown(value)), "."))
    return lines


def _in_tests(context: EnvironmentContext, preference: Preference) -> list[Paragraph]:
    """Say what a change recompiles for the tests of the package that the file belongs to."""
    tests = context.tests
    if tests is None:
        return []
    if context.project.path != tests.environment.package.path:
        return []
    return [(in_tests_sentence(answer_in_tests(tests, *preference)),)]


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
    return *sentence, " The value in effect is ", Code(_shown(values[key])), "."


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


def _chain(invalidations: Invalidations, uuid: UUID) -> list[Paragraph]:
    chain = _steps(invalidations, uuid)
    if len(chain) < 2:
        return []
    steps = ["this project" if step.kind == "project" else step.label for step in chain]
    if len(steps) > _LONGEST_CHAIN:
        steps[3:-3] = ["…"]
    return [("Required by " + " → ".join(steps),)]


def _steps(invalidations: Invalidations, uuid: UUID) -> Sequence[Unit]:
    """Return the shortest way from the project to a package."""
    unit = invalidations.graph.unit_of(uuid)
    return invalidations.graph.chain(unit.id) if unit is not None else ()


def _why_ignored(context: EnvironmentContext, invalidations: Invalidations, name: str) -> Paragraph:
    project = invalidations.environment.project.path.name
    broken = next((gap for gap in invalidations.environment.gaps if gap.line is not None), None)
    if broken is not None:
        return ("Whether Julia reads this is unknown: ", wording.unknown_part(broken), ".")
    if listing.uuid_to_list(context.session, invalidations, name) is None:
        return f"Julia ignores this: {project} and its manifest know no package ", Code(name), "."
    return (f"Julia ignores this: {project} does not list {name}.",)


def _about_skipped(
    context: EnvironmentContext, invalidations: Invalidations, name: str
) -> Iterator[Line]:
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
        yield from of_rank(2, _about_unit(context, invalidations, uuid))
    yield from of_rank(4, _chain(invalidations, uuid))


# Packages


def _dependency_hover(
    context: EnvironmentContext,
    invalidations: Invalidations,
    offset: int,
    *,
    shows_hints: bool,
) -> Hover | None:
    root, project = context.document.root, context.project
    for section in _SECTIONS:
        table = root.table(section)
        for name, entry in table.entries.items() if table is not None else ():
            span = Span(entry.key.span.start, entry.node.span.end)
            if offset not in span:
                continue
            listed_uuid = parse_uuid(plain(entry.node))
            uuid = listed_uuid or invalidations.environment.named(name)
            if uuid is None:
                return None
            beside = Beside.HINT if shows_hints and section != "compat" else Beside.LINE
            lines = _package_lines(context, invalidations, uuid, name, beside)
            return Hover(entry.key.span, fitting(lines), tuple(_links(context, uuid)))
    if project.uuid is None:
        return None
    for key in ("name", "uuid"):
        top = root.get(key)
        if top is not None and offset in Span(top.key.span.start, top.node.span.end):
            name = project.name or str(project.uuid)
            lines = _package_lines(context, invalidations, project.uuid, name, Beside.LINE)
            return Hover(top.key.span, fitting(lines), tuple(_links(context, project.uuid)))
    return None


class Beside(Enum):
    """What is on the screen beside what is said about a package."""

    NOTHING = "nothing"
    LINE = "line"
    """The line of a project file that lists it."""
    HINT = "hint"
    """That line, and behind it a hint that shows the versions."""


def about_package(
    context: EnvironmentContext, invalidations: Invalidations, uuid: UUID, name: str
) -> tuple[Paragraph, ...]:
    """Return what is said about a package: what it is, why it is here, what depends on it."""
    return fitting(_package_lines(context, invalidations, uuid, name, Beside.NOTHING))


def _package_lines(
    context: EnvironmentContext,
    invalidations: Invalidations,
    uuid: UUID,
    name: str,
    beside: Beside,
) -> Iterator[Line]:
    environment = invalidations.environment
    entry = environment.entry(uuid)
    version = entry.version if entry is not None else None
    is_hinted = beside is Beside.HINT and entry is not None
    if is_hinted:
        yield Line((Strong(name),))
    else:
        shown = f" {version}" if version is not None else ""
        yield Line((Strong(name), shown, *_origin(environment, uuid, entry)))
    yield from of_rank(0, _about_unit(context, invalidations, uuid))
    if beside is Beside.NOTHING or len(_steps(invalidations, uuid)) > 2:
        yield from of_rank(4, _chain(invalidations, uuid))
    held_back = list(_held_back(context, invalidations, uuid, name))
    yield from of_rank(1, held_back)
    yield from of_rank(5, _installed_at(invalidations, uuid))
    yield from of_rank(1, _cached(context, invalidations, uuid))
    values = invalidations.preferences(uuid).values
    settings = [_setting(key, value) for key, value in values.items() if key != CLEAR]
    if settings:
        yield Line(("Preferences in effect: ", *pieces_of(settings, last=", ")), rank=2)
    variables = variables_of(invalidations, invalidations.graph.unit_of(uuid))
    if variables:
        yield Line((environment_variables(name, variables),), rank=3)
    is_said = is_hinted or bool(held_back)
    yield from of_rank(2, about_newest(context.session, uuid, version, is_said=is_said))
    yield from of_rank(5, about_dependents(context.session, uuid))


def _setting(key: str, value: TomlValue) -> Code:
    return Code(f"{key} = {_shown(value)}")


def _held_back(
    context: EnvironmentContext, invalidations: Invalidations, uuid: UUID, name: str
) -> Iterator[Paragraph]:
    """Yield why the environment does not have the newest version of a package."""
    registries = context.session.registries
    if registries is None or uuid in STDLIBS or not context.is_from_registry(name, uuid):
        return
    found = not_newest(invalidations, registries, name, uuid)
    if found is None:
        return
    if not found.is_held_back:
        yield f"Nothing excludes version {found.newest}: ", Code("Pkg.update"), " can take it."
        return
    yield (f"Version {found.newest} is excluded by {held_back_by(found)}.",)
    for holder in found.holders:
        if len(holder.chain) > 2:
            steps = " → ".join(unit.label for unit in holder.chain)
            yield (f"{holder.name} is required by {steps}.",)


def _origin(environment: Environment, uuid: UUID, entry: PackageEntry | None) -> Paragraph:
    if uuid == environment.project.uuid:
        return (" · this project",)
    if any(uuid == member.uuid for member in environment.members):
        return (" · in this workspace",)
    if entry is None:
        return ()  # the next sentence says so
    if entry.path is not None:
        return " · developed at ", Code(entry.path)
    return (" · standard library",) if entry.is_stdlib else ()


def _installed_at(invalidations: Invalidations, uuid: UUID) -> Iterator[Paragraph]:
    """Yield the place of an installed package's source in a depot."""
    unit, installed = invalidations.graph.unit_of(uuid), invalidations.installed
    source = installed.sources.of(unit) if unit is not None else None
    if source is not None and source.is_installed:
        yield "Installed at ", Code(str(source.folder)), "."


def _cached(
    context: EnvironmentContext, invalidations: Invalidations, uuid: UUID
) -> Iterator[Paragraph]:
    """Yield whether a compile cache of a package fits, with the files as they are saved."""
    unit = invalidations.graph.unit_of(uuid)
    why = context.session.saved_why(context.project.path)
    if why is None or unit is None or why.share is None:
        return
    pending = why.pending.of(unit.id)
    if pending is None:
        if any(one.id == unit.id for one in why.pending.considered):
            yield ("Its compile cache fits: the next `using` does not recompile it.",)
        return
    if not pending.is_root:
        yield (f"The next `using` recompiles it, because it recompiles {pending.root.label}.",)
    for cause in why.causes:
        if any(root.unit.id == unit.id for root in cause.roots):
            said = fact(cause, context.project.path.parent)
            yield (f"The next `using` recompiles it. {said}",)


def _shown(value: TomlValue) -> str:
    """Return a value as TOML has it, shortened."""
    text = toml_value(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def _about_unit(
    context: EnvironmentContext, invalidations: Invalidations, uuid: UUID
) -> list[Paragraph]:
    unit = invalidations.graph.unit_of(uuid)
    if invalidations.environment.manifest is None:
        return [(NO_MANIFEST,), *_approximate_rebuild(context, uuid)]
    if unit is None:
        for gap in invalidations.environment.gaps:
            if not gap.hides_names:
                continue
            return [(f"Its dependents are unknown: {wording.unknown_part(gap)}.",)]
        return [("It is not in the manifest of this environment.",)]
    recompilation = invalidations.of_package(uuid)
    return [(_hanging(unit, recompilation),)]


def _approximate_rebuild(context: EnvironmentContext, uuid: UUID) -> list[Paragraph]:
    """Say what rebuilding a package would recompile if there were a manifest."""
    approximation = context.approximation
    if approximation is None or approximation.invalidations.graph.unit_of(uuid) is None:
        return []
    recompilation = approximation.invalidations.of_package(uuid)
    return [(f"Rebuilding it: {approximately(recompilation, approximation)}",)]


def _hanging(unit: Unit, recompilation: Recompilation) -> str:
    if unit.kind == "stdlib":
        least = "" if recompilation.is_complete else "at least "
        return (
            f"{least}{counted(recompilation.count, 'package')} of this environment "
            f"{'depends' if recompilation.count == 1 else 'depend'} on it."
        )
    dependents = [other for other in recompilation.units if other.id != unit.id]
    if not dependents and not recompilation.is_complete:
        return f"Its dependents are unknown: {wording.unknown_part(recompilation.gaps[0])}."
    if not dependents:
        return "Nothing else in this environment depends on it."
    return f"Rebuilding {unit.name} recompiles {recompiled(recompilation)}, itself included."


# Manifests


def _manifest_hover(
    context: EnvironmentContext, invalidations: Invalidations, offset: int
) -> Hover | None:
    manifest = invalidations.environment.manifest
    if manifest is None or manifest.path != context.path:
        return None
    for name, entry in _package_arrays(context):
        node = entry.node
        for table in _tables(node):
            if table.header is not None and offset not in table.header.block:
                continue
            span = table.header.span if table.header is not None else table.span
            uuid_entry = table.get("uuid")
            uuid = parse_uuid(plain(uuid_entry.node)) if uuid_entry is not None else None
            if offset in span and uuid is not None:
                return _of_entry(context, invalidations, uuid, name, span)
            deps = table.get("deps")
            for dependency, place in string_items(deps.node) if deps is not None else ():
                if offset in place:
                    found = invalidations.environment.named(dependency)
                    if found is not None:
                        return _of_entry(context, invalidations, found, dependency, place)
    return None


def _of_entry(
    context: EnvironmentContext, invalidations: Invalidations, uuid: UUID, name: str, span: Span
) -> Hover:
    said = about_package(context, invalidations, uuid, name)
    return Hover(span, said, tuple(_links(context, uuid)))


def _package_arrays(context: EnvironmentContext) -> Sequence[tuple[str, Entry]]:
    root = context.document.root
    deps = root.table("deps") if root.get("manifest_format") is not None else root
    return list(deps.entries.items()) if deps is not None else []


def _tables(node: object) -> Sequence[Table]:
    items = node.items if isinstance(node, Array) else ()
    return [item for item in items if isinstance(item, Table)]
