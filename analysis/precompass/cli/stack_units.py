"""Which package, or extension, of a load path a command is about."""

from __future__ import annotations

from pathlib import Path

from precompass.cli.failure import CannotRun
from precompass.cli.subjects import instead_of
from precompass.julia.uuids import parse_uuid
from precompass.recompilation.cache_checks import CacheChecks
from precompass.recompilation.graph import Unit
from precompass.report.places import shown
from precompass.wording import unknown_part


def find_stack_unit(text: str, checks: CacheChecks) -> Unit:
    """Return the unit that a name, a UUID, or ``Parent/Extension`` means.

    Raises:
        CannotRun: if there is none, or there are several.
    """
    stack = checks.stack
    uuid = parse_uuid(text)
    unit = stack.unit(uuid) if uuid is not None else None
    if unit is not None:
        return unit
    known: dict[str, Unit] = {}
    for level in stack.levels:
        for one in level.graph.order:
            if one.kind == "package" and stack.owner(one.uuid) is level:
                known.setdefault(one.id, one)
    for one in stack.extensions.values():
        known.setdefault(one.id, one)
    found = [one for one in known.values() if text in (one.label, one.name)]
    if len(found) == 1:
        return found[0]
    if found:
        uuids = ", ".join(f"{one.label} {one.uuid}" for one in found)
        raise CannotRun(f"several packages are called {text}; name one by its UUID: {uuids}")
    where = shown(stack.active.project.path, Path.cwd())
    near = instead_of(text, (one.label for one in known.values()))
    for gap in stack.active.gaps:
        if gap.hides_names:
            raise CannotRun(f"cannot tell anything about {text}: {unknown_part(gap)}")
    raise CannotRun(f"there is no package {text} in the environment of {where}{near}")
