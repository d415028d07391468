"""What an editor shows above a table of preferences: what a change in it recompiles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from precompass.documents.text import Span
from precompass.file_context import EnvironmentContext, PreferenceTable, environment_context_of
from precompass.files.kinds import FileKind
from precompass.julia.preferences import CLEAR, Preference
from precompass.julia.uuids import UUID
from precompass.recompilation.invalidation import Invalidations
from precompass.recompilation.observers import evidence_of
from precompass.session import Session
from precompass.wording import approximately, for_member, recompiled, recompiles
from precompass.wording.read_reasons import is_unknown
from precompass.wording.why import lens_title


class CodeLens(msgspec.Struct, frozen=True):
    """A line of text above the place that it is about.

    Attributes:
        span: the place.
        title: the text.
        preference: of the preferences that the text is about, the first that Julia notices.
        is_about_caches: whether it says what is recompiled next.
    """

    span: Span
    title: str
    preference: tuple[UUID, str] | None = None
    is_about_caches: bool = False


def code_lenses(session: Session, path: Path) -> tuple[CodeLens, ...]:
    """Return the lenses of a file: one for each table of preferences that sets anything.

    Above a project file is one more, which says what the next ``using`` recompiles.

    There are none where the settings switch them off.
    """
    context = environment_context_of(session, path)
    if context is None or context.session.settings.code_lenses is False:
        return ()
    keys: dict[str, list[Preference]] = {}
    for one in context.preferences_in_effect:
        keys.setdefault(one.table.name, []).append(one.preference)
    lenses = [*_pending(context)]
    for table in context.tables:
        if table.table is None:
            continue
        lens: CodeLens | None = None  # a finding says that Julia ignores a table
        if table.uuid is not None:
            lens = _lens(context, context.invalidations, table, keys)
        elif context.counts_in_tests(table):
            lens = _in_tests(context, table) or CodeLens(table.header, "Counts in Pkg.test only")
        if lens is not None:
            lenses.append(lens)
    return tuple(lenses)


def _pending(context: EnvironmentContext) -> Iterator[CodeLens]:
    """Yield, above the first line of a project file, what the next ``using`` recompiles."""
    if context.kind is not FileKind.PROJECT:
        return
    why = context.session.saved_why(context.project.path)
    if why is not None and (why.units or why.fails) and why.share is not None:
        title = lens_title(why, context.project.path.parent)
        yield CodeLens(Span(0, 0), title, is_about_caches=True)


def _lens(
    context: EnvironmentContext,
    invalidations: Invalidations,
    table: PreferenceTable,
    keys_in_effect: dict[str, list[Preference]],
) -> CodeLens | None:
    keys = keys_in_effect.get(table.name, [])
    if not keys:
        return None
    approximation = None
    member = ""
    if invalidations.environment.gaps:
        approximation = context.approximation
        if approximation is None:
            return None
        invalidations = approximation.invalidations
    else:
        answers = [context.widest(key) for key in keys]
        widest = max(answers, key=lambda one: one.invalidation.recompilation.count)
        if widest.invalidations is not invalidations:
            invalidations, member = widest.invalidations, for_member(widest, invalidations)
    each = [invalidations.of_preference(key) for key in keys]
    observers = [seen for one in each for seen in one.observers]
    if not observers:
        in_tests = _in_tests(context, table)
        if approximation is not None or any(is_unknown(one.why_not) for one in each):
            return in_tests  # the versions that Pkg will choose may read it
        if in_tests is not None or context.asks_a_part_only:
            return in_tests
        return CodeLens(table.header, "Changing this recompiles nothing")
    whole = invalidations.above(
        dict.fromkeys(seen.unit.id for seen in observers), evidence_of(tuple(observers))
    )
    preference = next(one.preference for one in each if one.noticed)
    if approximation is not None:
        return CodeLens(table.header, approximately(whole, approximation), preference)
    is_same = all(one.recompilation.compiled.bits == whole.compiled.bits for one in each)
    most = "" if is_same else "up to "
    title = f"Changing this {recompiles(whole)} {most}{recompiled(whole)}{member}"
    return CodeLens(table.header, title, preference)


def _in_tests(context: EnvironmentContext, table: PreferenceTable) -> CodeLens | None:
    """Return what a change recompiles for the tests, of a table that counts there alone."""
    tests = context.tests
    if tests is None or table.table is None or not context.counts_in_tests(table):
        return None
    invalidations, environment = tests.invalidations, tests.environment.environment
    uuids = (
        layer.listing.listed(environment.julia).get(table.name) for layer in environment.layers
    )
    uuid = next((found for found in uuids if found is not None), None)
    if uuid is None:
        return None
    keys = [Preference(uuid, key) for key in table.table.entries if key != CLEAR]
    each = [found for key in keys if (found := invalidations.of_preference(key)).noticed]
    observers = [seen for one in each for seen in one.observers]
    if not observers:
        return None
    whole = invalidations.above(
        dict.fromkeys(seen.unit.id for seen in observers), evidence_of(tuple(observers))
    )
    least = "at least " if tests.environment.unresolved and not whole.gaps else ""
    title = f"In Pkg.test, changing this {recompiles(whole)} {least}{recompiled(whole)}"
    return CodeLens(table.header, title)
