"""``precompass explain``: what a change of a preference, or of a package, compiles again."""

from __future__ import annotations

import argparse
from pathlib import Path

from precompass.answers.explanation import explain
from precompass.approximation import Approximation
from precompass.cli.failure import CannotRun, did_you_mean, warn
from precompass.cli.options import (
    VARIABLES,
    add_format,
    add_julia,
    add_project,
    add_registry,
    make_parser,
    settings_of,
)
from precompass.cli.projects import find_project, read_environment
from precompass.cli.registries import registry_memory
from precompass.invalidation import Invalidations
from precompass.julia.uuids import UUID, parse_uuid
from precompass.report.places import place, shown
from precompass.session import Session
from precompass.snapshot import Disk, Snapshot

_EPILOG = f"""exit codes:
  0  here is the answer
  2  there is no such project or package, or an argument is wrong

examples:
  precompass explain CSV.precompile_workload
  precompass explain SnoopPrecompile.skip_precompile --project ~/code/App --format json
  precompass explain CSV                 what stands above the package itself
  precompass explain StaticArrays/StaticArraysStatisticsExt

{VARIABLES}"""


def parser() -> argparse.ArgumentParser:
    """Return the options of the command."""
    result = make_parser(
        "explain",
        "Tell what Julia compiles again when a preference, or a package itself, changes, and why.",
        _EPILOG,
    )
    result.add_argument(
        "subject",
        metavar="PACKAGE[.KEY]",
        help="the package, by name or UUID, and the key of a preference of it; what follows "
        "the first dot is the key",
    )
    add_format(result, "text", "json")
    add_project(result)
    add_julia(result)
    add_registry(result)
    return result


def run(arguments: argparse.Namespace) -> int:
    """Print the explanation and return the exit code."""
    session = Session(Snapshot(Disk()), settings_of(arguments), registry_memory=registry_memory())
    project = find_project(arguments.project, session)
    session = session.configured_for(project)
    invalidations = read_environment(project, session)
    approximation = session.approximation(project)
    package, dot, key = arguments.subject.partition(".")
    if dot and not key:
        raise CannotRun(f"the key is missing behind the dot of {package}")
    uuid = _uuid_of(package, invalidations, approximation)
    explanation = explain(invalidations, uuid, key or None, approximation)
    folder = Path.cwd()
    for error in explanation.errors:
        where = place(error.file, error.span, session.snapshot, folder)
        warn(f"{where}: {error.message}")
    if arguments.format == "json":
        from precompass.report.explanation_json import explanation_json
        from precompass.report.schema import json_text

        print(json_text(explanation_json(explanation, folder=folder)))
    else:
        from precompass.report.console import make_console
        from precompass.report.explanation_text import print_explanation

        print_explanation(explanation, folder=folder, console=make_console(arguments.color))
    return 0


def _uuid_of(name: str, invalidations: Invalidations, approximation: Approximation | None) -> UUID:
    """Return the package, or the extension, that a name or UUID stands for."""
    if approximation is not None:
        invalidations = approximation.invalidations
    environment, graph = invalidations.environment, invalidations.graph
    uuid = parse_uuid(name) or environment.named(name)
    if uuid is not None and (graph.unit_of(uuid) or environment.name_of(uuid) != str(uuid)):
        return uuid
    units = [unit for unit in graph.units.values() if unit.kind != "project"]
    same = sorted(graph.compiled_uuid(unit) for unit in units if unit.label == name)
    if len(same) == 1:
        return same[0]
    if same:
        uuids = ", ".join(map(str, same))
        raise CannotRun(f"several packages are called {name}; name one by its UUID: {uuids}")
    known = {unit.label for unit in units}
    for project in environment.projects:
        known |= {*project.deps, *project.extras, *project.weakdeps}
    where = shown(environment.project.path, Path.cwd())
    raise CannotRun(f"there is no package {name} in {where}{did_you_mean(name, known)}")
