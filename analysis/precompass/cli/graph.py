"""``precompass graph``: the picture of what a change recompiles."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from precompass.answers.pending_picture import pending_picture
from precompass.answers.picture import Picture, picture
from precompass.cli.failure import CannotRun
from precompass.cli.options import (
    VARIABLES,
    add_julia,
    add_project,
    add_registry,
    add_session,
    make_parser,
    settings_of,
)
from precompass.cli.projects import find_project, read_environment
from precompass.cli.registries import registry_memory
from precompass.cli.subjects import add_subject, find_subject
from precompass.cli.why import read_checks
from precompass.cli.writing import write_output
from precompass.files.snapshot import Disk, Snapshot
from precompass.recompilation.why import explain_why
from precompass.report.picture_dot import dot
from precompass.report.picture_html import page
from precompass.report.picture_json import picture_json
from precompass.report.picture_mermaid import mermaid
from precompass.report.picture_svg import svg
from precompass.report.schema import json_text
from precompass.report.visible import visible
from precompass.session import Session

FORMS: Mapping[str, tuple[str, Callable[[Picture], str]]] = {
    "html": (
        "a web page in one file: zoom, search, the chain behind each package",
        lambda drawn: page(drawn, folder=Path.cwd()),
    ),
    "svg": ("an image, light or dark as the reader's screen is", svg),
    "dot": ("the graph in the language of Graphviz", dot),
    "mermaid": ("a flowchart for Markdown, as GitHub and GitLab draw it", mermaid),
}
"""What a picture can be written as: what that is, and its text."""

_EPILOG = f"""exit codes:
  0  the picture is written
  2  there is no such project or package, or a file cannot be written

examples:
  precompass graph SnoopPrecompile.skip_precompile --html skip.html
  precompass graph CSV --svg csv.svg --project ~/code/App      the dependents of a package
  precompass graph CSV.precompile_workload --dot - | dot -Tpdf -o csv.pdf
  precompass graph CSV.precompile_workload --mermaid - >> NOTES.md
  precompass graph CSV.precompile_workload --format json
  precompass graph --pending --html pending.html

An existing file is replaced. The page and the image never use the network.

{VARIABLES}"""


def parser() -> argparse.ArgumentParser:
    """Return the options of the command."""
    result = make_parser(
        "graph",
        "Draw what Julia recompiles if a preference, or a package itself, changes: the packages "
        "that read it in the middle, their dependents around them, by distance.",
        _EPILOG,
    )
    add_subject(result, is_needed=False)
    result.add_argument(
        "--pending",
        action="store_true",
        help="draw what the next `using` recompiles, by root cause, in place of a change",
    )
    for form, (meaning, _) in FORMS.items():
        result.add_argument(
            f"--{form}", metavar="FILE", help=f"write {meaning}; - is the standard output"
        )
    result.add_argument(
        "--format", choices=("json",), help="print the picture's content for programs"
    )
    add_project(result)
    add_julia(result)
    add_session(result)
    add_registry(result)
    return result


def run(arguments: argparse.Namespace) -> int:
    """Write the picture and return the exit code."""
    if bool(arguments.subject) is arguments.pending:
        raise CannotRun("name a package or a preference, or else --pending")
    targets = {form: getattr(arguments, form) for form in FORMS if getattr(arguments, form)}
    outputs = [*targets.values(), *(["-"] if arguments.format else [])]
    if not outputs:
        options = ", ".join(f"--{form} FILE" for form in FORMS)
        raise CannotRun(f"choose an output: {options}, or --format json")
    if outputs.count("-") > 1:
        raise CannotRun("only one form of the picture can go to the standard output")
    session = Session(Snapshot(Disk()), settings_of(arguments), registry_memory=registry_memory())
    project = find_project(arguments.project, session)
    session = session.configured_for(project)
    invalidations = read_environment(project, session)
    if arguments.pending:
        why = explain_why(read_checks(project, session))
        drawn = pending_picture(invalidations, why, Path.cwd())
    else:
        approximation = session.approximation(project)
        uuid, key = find_subject(arguments.subject, invalidations, approximation)
        drawn = picture(invalidations, uuid, key, approximation)
    for form, target in targets.items():
        _, text_of = FORMS[form]
        if target == "-":
            sys.stdout.write(text_of(drawn))
        else:
            write_output(Path(target), text_of(drawn))
            print(visible(f"{target}: {drawn.title}"), file=sys.stderr)
    if arguments.format == "json":
        print(json_text(picture_json(drawn, folder=Path.cwd())))
    return 0
