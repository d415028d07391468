"""The picture of what the next ``using`` recompiles, by root cause."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from msgspec.structs import replace

from precompass.answers.picture import Picture, drawn
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.graph import UnitId
from precompass.recompilation.invalidation import Invalidations
from precompass.recompilation.why import Why
from precompass.wording.why import headline, short_cause

_MOST_CAUSES = 6  # that the line below the title names


def pending_picture(invalidations: Invalidations, why: Why, folder: Path | None) -> Picture:
    """Draw up what is recompiled next: root causes in the middle, their dependents around them.

    Where there are several root causes, each unit has the number of its own in its label, so
    that causes are told apart without colours.

    Args:
        invalidations: of the environment.
        why: what is recompiled, and why.
        folder: paths below it are shown relative to it.
    """
    graph, project = invalidations.graph, invalidations.environment.project
    has_numbers = len(why.causes) > 1
    numbers: dict[UnitId, int] = {}
    reasons: dict[UnitId, str] = {}
    for number, cause in enumerate(why.causes, start=1):
        said = short_cause(why, cause, folder)
        mark = f" (cause {number})" if has_numbers else ""
        for root in cause.roots:
            reasons[root.unit.id] = f"is recompiled{mark}: {said}"
        for one in (*cause.roots, *cause.consequences):
            numbers[one.unit.id] = number
    here = {unit for unit in reasons if unit in graph.units}
    compiled = graph.subset(unit for unit in numbers if unit in graph.units)
    units, edges = drawn(
        invalidations,
        {unit: reasons[unit] for unit in reasons if unit in here},
        compiled,
        are_observers=False,
    )
    by_uuid = {graph.compiled_uuid(one): one.id for one in compiled.units}
    numbered = []
    for unit in units:
        cause_of_unit = numbers.get(by_uuid.get(unit.uuid, UnitId("")))
        mark = f" [{cause_of_unit}]" if has_numbers and cause_of_unit is not None else ""
        name, label = f"{unit.name}{mark}", f"{unit.label}{mark}"
        numbered.append(replace(unit, label=label, name=name, cause=cause_of_unit))
    return Picture(
        package=project.name or project.path.parent.name,
        uuid=project.uuid or UUID(int=0),
        key=None,
        title=headline(why).replace("`", "").removesuffix("."),
        basis=_causes(why, folder),
        count=why.count,
        of=why.of,
        evidence=Evidence.RECORDED,
        noticed=bool(units),
        value=None,
        origin=None,
        units=tuple(numbered),
        edges=edges,
        is_complete=why.is_complete,
        share=why.share,
    )


def _causes(why: Why, folder: Path | None) -> str:
    """Name the root causes in one sentence, by the numbers that labels have; empty without any."""
    said = [short_cause(why, cause, folder) for cause in why.causes[:_MOST_CAUSES]]
    if len(why.causes) == 1:
        return f"{said[0][:1].upper()}{said[0][1:]}."
    causes = [f"{number}: {cause}" for number, cause in enumerate(said, start=1)]
    rest = len(why.causes) - _MOST_CAUSES
    causes += [f"{rest} more"] if rest > 0 else []
    return f"{'; '.join(causes)}." if causes else ""
