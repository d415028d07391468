"""What an editor shows inside the lines: counts behind preferences, versions behind packages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_
from pathlib import Path

import msgspec

from precompass.answers.cost_of_change import count_sentence, others_sentence
from precompass.documents.text import Span
from precompass.documents.toml import Entry, Table
from precompass.file_context import EnvironmentContext, environment_context_of
from precompass.files.kinds import FileKind
from precompass.findings import Code, Paragraph
from precompass.julia.preferences import Preference
from precompass.recompilation.held_back import not_newest
from precompass.recompilation.invalidation import Invalidations
from precompass.session import Session
from precompass.wording import approximately, for_member, held_back_by, recompiles
from precompass.wording.read_reasons import is_unknown


class InlayHint(msgspec.Struct, frozen=True):
    """A short text that is shown inside a line, and is not part of it.

    Attributes:
        offset: where it is shown, a code point offset.
        label: the text.
        explanation: what is said about it when somebody points at it.
    """

    offset: int
    label: str
    explanation: Paragraph


def inlay_hints(
    session: Session, path: Path, span: Span, *, has_lenses: bool = False
) -> tuple[InlayHint, ...]:
    """Return the hints within a part of a file, in the order of the text.

    After each preference in effect: how many packages a change recompiles. After each package
    that the project lists: the version in the manifest, and the newest registered one if it
    differs. No hints if the settings turn them off.

    Args:
        session: the files and settings.
        path: the file.
        span: the part of it.
        has_lenses: whether the client shows code lenses; then the count that the lens above the
            table shows is not repeated.
    """
    context = environment_context_of(session, path)
    if context is None or context.session.settings.inlay_hints is False:
        return ()
    if context.kind is FileKind.MANIFEST:
        return ()
    hints = [
        *_counts(context, context.invalidations, span, has_lenses),
        *_versions(context, context.invalidations, span),
    ]
    return tuple(sorted(hints, key=lambda hint: hint.offset))


def _counts(
    context: EnvironmentContext, invalidations: Invalidations, span: Span, has_lenses: bool
) -> Iterator[InlayHint]:
    in_effect = tuple(context.preferences_in_effect)
    with_lens = {table.name for table in context.tables if table.table is not None}
    said_above = has_lenses and context.session.settings.code_lenses is not False
    tables: dict[str, set[int]] = {}
    if said_above:
        for one in in_effect:
            compiled = invalidations.of_preference(one.preference).recompilation.compiled
            tables.setdefault(one.table.name, set()).add(compiled.bits)
    for one in in_effect:
        offset = _end(one.entry)
        if offset not in span:
            continue
        if one.table.name in with_lens and said_above:
            said = reduce(or_, tables[one.table.name])
            if invalidations.of_preference(one.preference).recompilation.compiled.bits == said:
                continue
        if invalidations.environment.gaps:
            yield from _approximate_count(context, one.preference, offset)
            continue
        answers = context.answers(one.preference)
        widest = answers[0]
        recompilation = widest.invalidation.recompilation
        if is_unknown(widest.invalidation.why_not):
            continue
        if not recompilation.count and context.asks_a_part_only:
            continue
        label = f"{recompiles(recompilation)} {recompilation.count:,} of {recompilation.of:,}"
        label += for_member(widest, invalidations)
        if not recompilation.count:
            label += _in_tests(context, one.preference)
        explanation = count_sentence(widest.invalidations, widest.invalidation)
        others = (piece for other in others_sentence(answers) for piece in (" ", *other))
        yield InlayHint(offset, label, (*explanation, *others))


def _in_tests(context: EnvironmentContext, preference: Preference) -> str:
    """Return how many packages a change recompiles for the tests alone; or nothing."""
    if context.tests is None:
        return ""
    found = context.tests.invalidations.of_preference(preference)
    count = found.recompilation.count if found.noticed else 0
    return f" ({count:,} in Pkg.test)" if count else ""


def _approximate_count(
    context: EnvironmentContext, preference: Preference, offset: int
) -> Iterator[InlayHint]:
    approximation = context.approximation
    if approximation is None:
        return
    recompilation = approximation.invalidations.of_preference(preference).recompilation
    if not recompilation.count:
        return  # the versions that Pkg will choose may read it
    label = f"{recompiles(recompilation)} about {recompilation.count:,} of {recompilation.of:,}"
    yield InlayHint(offset, label, (approximately(recompilation, approximation),))


def _end(entry: Entry) -> int:
    """Return the end of the line that sets a key, or of the header that opens its table."""
    if entry.statement is not None:
        return entry.statement.end
    header = entry.node.header if isinstance(entry.node, Table) else None
    return header.span.end if header is not None else entry.node.span.end


def _versions(
    context: EnvironmentContext, invalidations: Invalidations, span: Span
) -> Iterator[InlayHint]:
    for _, name, uuid, entry in context.listed_packages():
        if _end(entry) not in span:
            continue
        resolved = invalidations.environment.entry(uuid)
        if resolved is None:
            continue
        if resolved.version is None:
            if resolved.is_stdlib:
                yield InlayHint(_end(entry), "standard library", (f"{name} comes with Julia.",))
            continue
        label = str(resolved.version)
        explanation: Paragraph = (f"The manifest has {name} {resolved.version}.",)
        registries = context.session.registries
        if registries is not None and context.is_from_registry(name, uuid):
            newest = registries.newest(uuid)
            if newest is not None and newest > resolved.version:
                found = not_newest(invalidations, registries, name, uuid)
                held = found is not None and found.is_held_back
                label += f" (newest: {newest}{', held back' if held else ''})"
                explanation += (f" The newest registered version is {newest}.",)
                if found is not None and held:
                    explanation += (f" It is excluded by {held_back_by(found)}.",)
        if resolved.path is not None:
            label += " (developed)"
            explanation += (" It is developed at ", Code(resolved.path), ".")
        yield InlayHint(_end(entry), label, explanation)
