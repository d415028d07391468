"""What a command is about: a package, or a preference of it."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from precompass.answers.subject import packages_named
from precompass.cli.failure import CannotRun, did_you_mean
from precompass.files import disk
from precompass.julia.uuids import UUID
from precompass.recompilation.approximation import Approximation
from precompass.recompilation.invalidation import Invalidations
from precompass.report.places import shown
from precompass.wording import unknown_part


def add_subject(parser: argparse.ArgumentParser, *, is_needed: bool = True) -> None:
    """Add the argument that names the package and the key."""
    parser.add_argument(
        "subject",
        nargs=None if is_needed else "?",
        metavar="PACKAGE[.KEY]",
        help="the package, by name or UUID, and the key of a preference of it; what follows "
        "the first dot is the key",
    )


def instead_of(name: str, known: Iterable[str]) -> str:
    """Return ``; did you mean …?`` for what is no package; a path may be a project's."""
    if disk.is_there(Path(name)):
        return f"; did you mean --project {name}?"
    return did_you_mean(name, known)


def find_subject(
    text: str, invalidations: Invalidations, approximation: Approximation | None
) -> tuple[UUID, str | None]:
    """Return the UUID of the package, or extension, that *text* names, and the key if it has one.

    Raises:
        CannotRun: if there is no such package, or no key after the dot.
    """
    package, dot, key = text.partition(".")
    if not package:
        raise CannotRun(f"the package is missing before {text!r}")
    if dot and not key:
        raise CannotRun(f"the key is missing after the dot of {package}")
    return _uuid_of(package, invalidations, approximation), key or None


def _uuid_of(name: str, invalidations: Invalidations, approximation: Approximation | None) -> UUID:
    """Return the package, or the extension, that a name or UUID means."""
    same = packages_named(name, invalidations, approximation)
    if len(same) == 1:
        return same[0]
    if same:
        uuids = ", ".join(map(str, same))
        raise CannotRun(f"several packages are called {name}; name one by its UUID: {uuids}")
    if approximation is not None:
        invalidations = approximation.invalidations
    environment, graph = invalidations.environment, invalidations.graph
    known = {unit.label for unit in graph.units.values() if unit.kind != "project"}
    for project in environment.projects:
        known |= {*project.deps, *project.extras, *project.weakdeps}
    where = shown(environment.project.path, Path.cwd())
    near = instead_of(name, known)
    for uuid, parent in environment.extension_parents(name).items():
        raise CannotRun(
            f"{name} is an extension of {parent} ({uuid}) that this environment does not load, "
            "because some of its triggers are missing"
        )
    for gap in environment.gaps:
        if gap.line is not None:
            raise CannotRun(f"no package {name} is known here: {unknown_part(gap)}")
    raise CannotRun(f"there is no package {name} in the environment of {where}{near}")
