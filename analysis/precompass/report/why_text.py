"""What is recompiled next and why, for people."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.text import Text

from precompass.depot.cache_size import cache_size
from precompass.recompilation.reasons import NoCache
from precompass.recompilation.why import CacheVerdict, Cause, UnitWhy, Why
from precompass.report.console import print_hanging, print_prose, prose
from precompass.report.places import shown
from precompass.report.recompilation_text import print_labelled
from precompass.report.visible import visible
from precompass.wording import counted, in_bytes, listed, unknown_part
from precompass.wording.why import (
    advice,
    cause_sentences,
    conflict_sentence,
    counted_units,
    headline,
    not_compiled_sentence,
    not_compiled_sentences,
    reason_words,
    sentences_below_headline,
    which_are_not_installed,
)

_MOST_CAUSES = 12
_MOST_DOUBTS = 5


def print_why(why: Why, *, folder: Path, console: Console) -> None:
    """Print what is recompiled, by root cause.

    Args:
        why: the answer.
        folder: paths below it are shown relative to it.
        console: where to print.
    """
    print_hanging(console, Text(), _bold(headline(why)))
    for number, cause in enumerate(why.causes[:_MOST_CAUSES], start=1):
        lead = Text(f"{number:3}. ")
        said = sentences_below_headline(why, cause, folder)
        print_hanging(console, lead, prose(" ".join(filter(None, said))))
    if len(why.causes) > _MOST_CAUSES:
        rest = why.causes[_MOST_CAUSES:]
        units = [one.unit for cause in rest for one in (*cause.roots, *cause.consequences)]
        causes = counted(len(rest), "more cause")
        print_prose(console, f"     {causes}, {counted_units(units)}: `--format json` lists them.")
    for sentence in not_compiled_sentences(why.pending.not_compiled, folder):
        print_prose(console, sentence)
    for conflict in why.conflicts[:_MOST_CAUSES]:
        print_prose(console, conflict_sentence(conflict))
    if absent := which_are_not_installed(why):
        print_prose(console, absent)
    _print_basis(why, console)


def print_unit_why(found: UnitWhy, why: Why, *, folder: Path, console: Console) -> None:
    """Print why one package is recompiled or not, and what Julia makes of each of its caches."""
    console.print(Text(visible(found.unit.label), style="bold"), soft_wrap=True)
    print_prose(console, unit_sentence(found, why, folder))
    if len(found.chain) > 1:
        steps = " → ".join(unit.label for unit in found.chain)
        print_labelled(console, "because of", Text(visible(steps)))
    if found.cause is not None:
        print_labelled(console, "cause", _cause_of_one(found, found.cause, why, folder))
    for number, verdict in enumerate(found.verdicts):
        print_labelled(console, "" if number else "caches", verdict_line(verdict, folder))
    is_said = found.cause is not None and isinstance(found.cause.reason, NoCache)
    if not found.verdicts and not is_said:
        print_labelled(console, "caches", "none in any depot")
    _print_basis(why, console)


def unit_sentence(found: UnitWhy, why: Why, folder: Path | None) -> str:
    """Say whether a unit is recompiled, and whether for a separate reason."""
    name = found.unit.label
    for gap in why.gaps:
        if gap.hides_names:
            return f"Cannot tell whether {name} is recompiled: {unknown_part(gap)}."
    if found.not_compiled is not None:
        return not_compiled_sentence(found.not_compiled, folder)
    if found.unit in why.not_installed:
        effect = ", which then recompiles it" if found.pending is not None else ""
        return f"{name} cannot be loaded: it is not installed. Run `Pkg.instantiate()`{effect}."
    if found.pending is None:
        if found.unit.id in {unit.id for unit in why.pending.considered}:
            return f"{name} is not recompiled: a cache of it fits."
        return f"{name} is not loaded, so it is not recompiled."
    if found.pending.is_root:
        return f"{name} is recompiled: no cache of it fits."
    return f"{name} is recompiled because {found.pending.below[0].label} is recompiled."


def _cause_of_one(found: UnitWhy, cause: Cause, why: Why, folder: Path) -> str:
    """Say the root cause; of many packages without a cache, only this one is of interest."""
    if isinstance(cause.reason, NoCache) and found.unit in [one.unit for one in cause.roots]:
        to_do = "" if found.unit in why.not_installed else f" {advice(cause)}"
        return f"{found.unit.label} has no cache for this Julia version in any depot.{to_do}"
    return " ".join(cause_sentences(cause, folder))


def verdict_line(verdict: CacheVerdict, folder: Path | None) -> str:
    """Say what Julia makes of a cache file."""
    file = verdict.cache.file
    made = datetime.fromtimestamp(file.mtime_ns / 1e9).astimezone()
    path = shown(Path(file.path), folder)
    size = in_bytes(cache_size(file))
    return f"{path} ({size}, {made:%Y-%m-%d %H:%M}): {reason_words(verdict.reason)}"


def _print_basis(why: Why, console: Console) -> None:
    """Print what the answer rests on, and what could not be checked."""
    if not why.has_depot or any(gap.hides_names for gap in why.gaps):
        return
    version = why.running or why.julia.version
    options = " ".join(("julia", *why.flags.options))
    console.print()
    print_labelled(console, "checked for", f"Julia {version}, started as `{options}`")
    for gap in why.gaps[:_MOST_DOUBTS]:
        print_labelled(console, "cannot tell", unknown_part(gap))
    for unit, doubt in why.cannot_tell[:_MOST_DOUBTS]:
        about = f"{unit.label}: " if unit is not None else ""
        print_labelled(console, "cannot tell", f"{about}{doubt}")
    if len(why.cannot_tell) > _MOST_DOUBTS:
        rest = why.cannot_tell[_MOST_DOUBTS:]
        names = listed(unit.label for unit, _ in rest if unit is not None)
        print_labelled(console, "", f"nor for {names}")


def _bold(text: str) -> Text:
    return prose(text, style="bold")
