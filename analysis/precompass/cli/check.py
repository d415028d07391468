"""``precompass check``: the findings of all rules."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from precompass.cli.failure import complain, warn
from precompass.cli.files import julia_files
from precompass.cli.options import (
    VARIABLES,
    add_format,
    add_julia,
    add_registry,
    add_rules,
    add_session,
    make_parser,
    settings_of,
)
from precompass.cli.registries import registry_memory
from precompass.files.kinds import FileKind, file_kind
from precompass.files.snapshot import Disk, Snapshot
from precompass.findings import Finding, Severity
from precompass.report.places import shown
from precompass.report.progress import with_progress
from precompass.report.visible import VisibleFormatter, visible
from precompass.rules import RULES, check
from precompass.rules.together import in_one_run
from precompass.session import Session
from precompass.settings.configuration import find_configuration

_NEVER = "never"

_EPILOG = f"""exit codes:
  0  no finding is as severe as --severity, or more
  1  something was found
  2  a file or folder could not be read, or an argument is wrong

examples:
  precompass check                       everything below the working directory
  precompass check Project.toml --julia 1.10
  precompass check --rule missing-compat=off --rule stale-manifest=error
  precompass check --format sarif > precompass.sarif
  precompass check --format github       as annotations in a GitHub workflow
  precompass check --format gitlab > gl-code-quality-report.json

{VARIABLES}"""


def parser() -> argparse.ArgumentParser:
    """Return the options of the command."""
    result = make_parser(
        "check",
        "Report problems and costly preferences in Julia's project files and manifests.",
        _EPILOG,
    )
    result.add_argument(
        "paths",
        nargs="*",
        default=["."],
        metavar="PATH",
        help="a file, or a folder to check (default: the working directory)",
    )
    add_format(result, "text", "json", "sarif", "github", "gitlab", "markdown")
    result.add_argument(
        "--severity",
        choices=(*(severity.value for severity in Severity), _NEVER),
        default=Severity.WARNING.value,
        help="the lowest severity that makes the exit code 1 (default: warning); less severe "
        "findings are shown all the same",
    )
    result.add_argument(
        "-q", "--quiet", action="store_true", help="print findings only: no sum, no progress"
    )
    result.add_argument(
        "--verbose",
        action="store_true",
        help="show which files, environments and compile caches are read, and which caches are "
        "not used, and why",
    )
    add_rules(result)
    add_julia(result)
    add_session(result)
    add_registry(result)
    return result


def run(arguments: argparse.Namespace) -> int:
    """Print the findings and return the exit code."""
    session = Session(Snapshot(Disk()), settings_of(arguments), registry_memory=registry_memory())
    folder = Path.cwd()
    if arguments.verbose:
        _show_log()
    closed: list[OSError] = []
    wrong: list[str] = []
    named = julia_files(arguments.paths, closed.append, wrong.append)
    for sentence in wrong:
        complain(sentence)
    if len(wrong) == len(arguments.paths):
        return 2
    files = _with_configurations(named, session)
    for error in closed:
        complain(f"{shown(Path(error.filename), folder)} cannot be read: {error.strerror}")
    if not files and not arguments.quiet:
        warn(f"there are no Julia project files in {', '.join(arguments.paths)}")
    unreadable = bool(closed or wrong)
    found: dict[Finding, None] = {}
    for path in files if arguments.quiet else with_progress(files, "Checking"):
        reason = session.snapshot.unreadable(path)
        if reason:
            unreadable = True
            complain(f"{shown(path, folder)} cannot be read: {reason}")
            continue
        if arguments.verbose:
            print(visible(_looked_at(path, session, folder)), file=sys.stderr)
        found |= dict.fromkeys(check(session, path))
    _print(tuple(in_one_run(found)), arguments, session, len(files), folder)
    return 2 if unreadable else int(_is_severe(found, arguments.severity))


def _show_log() -> None:
    """Print what the analysis logs: places and registries that cannot be read."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(VisibleFormatter("not read: %(message)s"))
    logger = logging.getLogger("precompass")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)


def _with_configurations(files: Sequence[Path], session: Session) -> Sequence[Path]:
    """Return files with each ``precompass.toml`` that counts for one of them, wherever it is."""
    folders = {path.parent for path in files}
    found = {find_configuration(folder, session.snapshot) for folder in folders}
    return sorted({*files, *(path for path in found if path is not None)})


def _is_severe(findings: dict[Finding, None], threshold: str) -> bool:
    if threshold == _NEVER:
        return False
    return any(finding.severity.rank <= Severity(threshold).rank for finding in findings)


def _print(
    findings: Sequence[Finding],
    arguments: argparse.Namespace,
    session: Session,
    checked: int,
    folder: Path,
) -> None:
    # Each form is imported when it is asked for: what draws text takes longer than the rest.
    files = session.snapshot
    if arguments.format == "json":
        from precompass.report.findings_json import findings_json
        from precompass.report.schema import json_text

        print(json_text(findings_json(findings, files, checked=checked, folder=folder)))
    elif arguments.format == "sarif":
        from precompass.report.findings_sarif import findings_sarif
        from precompass.report.schema import json_text

        print(json_text(findings_sarif(findings, RULES, files, folder=folder)))
    elif arguments.format == "github":
        from precompass.report.findings_github import github_annotations

        for line in github_annotations(findings, files, folder=folder):
            print(line)
    elif arguments.format == "gitlab":
        from precompass.report.findings_gitlab import findings_gitlab

        print(findings_gitlab(findings, files, folder=folder))
    elif arguments.format == "markdown":
        from precompass.report.findings_markdown import findings_markdown

        print(findings_markdown(findings, files, checked=checked, folder=folder), end="")
    else:
        from precompass.report.findings_text import print_findings
        from precompass.report.output import make_output

        output = make_output(arguments.color)
        counted = None if arguments.quiet else checked
        print_findings(findings, files, checked=counted, folder=folder, output=output)


def _looked_at(path: Path, session: Session, folder: Path) -> str:
    kind = file_kind(path)
    text = f"{shown(path, folder)}: {kind.value if kind else ''}"
    if kind is FileKind.CONFIGURATION:
        return text
    session = session.configured_for(path)
    project = session.project_of(path)
    invalidations = session.invalidations(project) if project else None
    if project is None or invalidations is None:
        return f"{text}, without a project file"
    environment = invalidations.environment
    files = [layer.project.path for layer in environment.layers]
    if environment.manifest is not None:
        files.insert(1, environment.manifest.path)
    named = ", ".join(shown(file, folder) for file in files)
    text += f" of the environment {named}, Julia {environment.julia.version}"
    caches = invalidations.installed.caches
    text += f"; {len(caches.candidates)} of {len(invalidations.graph.units)} units have a cache"
    from precompass.wording.why import reason_words

    skipped = [
        f"\n  not used: {cache.path}: {reason_words(cache.reason)}" for cache in caches.skipped
    ]
    return text + "".join(skipped)
