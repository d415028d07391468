"""The options that commands share, and the settings that they choose."""

from __future__ import annotations

import argparse
import os
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from precompass import __version__
from precompass.cli.failure import complain, did_you_mean, warn
from precompass.files import disk
from precompass.findings import Severity
from precompass.julia.behaviour import KNOWN_SERIES, NEWEST_KNOWN, read_version
from precompass.julia.project import PROJECT_NAMES
from precompass.julia.session_flags import UnknownOptionError, parse_session_flags
from precompass.julia.versions import VersionNumber
from precompass.report.terminal_width import help_width
from precompass.settings.settings import (
    DEFAULT_WIDE_THRESHOLD,
    SEVERITY_WORDS,
    Settings,
    WrongSettingError,
    read_severity,
)
from precompass.trust import reach_for, trusts

VARIABLES = """environment variables:
  JULIA_LOAD_PATH and JULIA_DEPOT_PATH have the same meaning as for Julia.
  NO_COLOR disables colours.
"""


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Wraps paragraphs, as of a description, and leaves what is laid out by lines."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=help_width())

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if "\n" in text:
            return super()._fill_text(text, width, indent)
        return textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent)


class _Parser(argparse.ArgumentParser):
    """A parser that names the option, or the value of one, that was probably meant."""

    def parse_known_args(
        self,
        args: Iterable[str] | None = None,
        namespace: Any = None,
    ) -> tuple[Any, list[str]]:
        """Parse arguments, among them Julia's options as they are written for ``julia``."""
        words = sys.argv[1:] if args is None else [*args]
        return super().parse_known_args(_with_values(words), namespace)

    def error(self, message: str) -> NoReturn:
        """End the command with what is wrong, what was probably meant, and where help is."""
        complain(message + self._hint(message))
        self.exit(2, f"Try '{self.prog} --help'.\n")

    def _hint(self, message: str) -> str:
        unknown = re.fullmatch(r"unrecognized arguments: ([^\s=]+).*", message, re.DOTALL)
        if unknown is not None:
            return self._instead_of(unknown[1])
        wrong = re.fullmatch(r"argument (\S+): invalid choice: '(.*?)' \(.*", message, re.DOTALL)
        action = self._option_string_actions.get(wrong[1].split("/")[0]) if wrong else None
        if wrong is None or action is None or action.choices is None:
            return ""
        if f"--{wrong[2]}" in self._option_string_actions:  # as in `graph --format svg`
            return f"; did you mean --{wrong[2]}?"
        return did_you_mean(wrong[2], map(str, action.choices))

    def _instead_of(self, word: str) -> str:
        """Return ``; did you mean …?`` for an argument that the command does not have."""
        options = self._option_string_actions
        if not word.startswith("-"):
            return _as_project(word) if "--project" in options else ""
        name = word.lstrip("-")
        form = options.get("--format")
        if form is not None and name in (form.choices or ()):
            return f"; did you mean --format {name}?"
        return did_you_mean(name, (one.lstrip("-") for one in options), "--")


def _as_project(word: str) -> str:
    """Return ``; did you mean --project …?`` for a path; a file is in the project's folder."""
    path = Path(word)
    if not disk.is_there(path):
        return ""
    return f"; did you mean --project {path if disk.is_folder(path) else path.parent}?"


def make_parser(command: str, description: str, epilog: str) -> argparse.ArgumentParser:
    """Return a parser for a command with the options that all commands have.

    Args:
        command: its name.
        description: what it does.
        epilog: examples and exit codes, laid out as they are to be shown.
    """
    parser = _Parser(
        prog=f"precompass {command}",
        description=description,
        epilog=epilog,
        formatter_class=_HelpFormatter,
    )
    parser.add_argument("-V", "--version", action="version", version=f"precompass {__version__}")
    parser.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="when to use colours (default: auto, which means on a terminal)",
    )
    return parser


def add_format(parser: argparse.ArgumentParser, *formats: str) -> None:
    """Add the option that chooses the format of the output; the first is the default."""
    parser.add_argument(
        "--format",
        choices=formats,
        default=formats[0],
        help=f"the format of the output (default: {formats[0]})",
    )


def add_julia(parser: argparse.ArgumentParser) -> None:
    """Add the options that say whose rules apply, and where packages are installed."""
    parser.add_argument(
        "--julia",
        metavar="VERSION",
        type=_julia_version,
        help="the Julia version whose behaviour applies (default: the version in the manifest)",
    )
    parser.add_argument(
        "--trust",
        action="store_true",
        default=None,
        help="trust a folder of another user: use depots and paths that its files name",
    )
    depot = parser.add_mutually_exclusive_group()
    depot.add_argument(
        "--depot",
        metavar="PATH",
        help="the folders with packages and caches, in the format of JULIA_DEPOT_PATH",
    )
    depot.add_argument(
        "--no-depot", action="store_true", help="read no installed packages and no compile caches"
    )


def add_session(parser: argparse.ArgumentParser) -> None:
    """Add the options of the session that loads the packages, in Julia's own spelling."""
    options = parser.add_argument_group(
        "options of the session",
        "Julia uses only caches that were made with fitting options. Without any of these, the "
        "session is a plain julia. Pkg.test() up to Julia 1.12 starts one with --check-bounds=yes.",
    )
    for names, values, description in _SESSION_OPTIONS:
        options.add_argument(
            *names,
            dest="session",
            action=_SessionOption,
            metavar=f"{{{','.join(values)}}}",
            help=description,
        )


_SESSION_OPTIONS = (
    (("--check-bounds",), ("yes", "no", "auto"), "bounds checks: always, never, or as declared"),
    (("-O", "--optimize"), ("0", "1", "2", "3"), "the optimization level (default: 2)"),
    (("-g", "--debug-info"), ("0", "1", "2"), "the level of debug information (default: 1)"),
    (("--inline",), ("yes", "no"), "whether functions are inlined (default: yes)"),
    (
        ("--pkgimages",),
        ("yes", "no", "existing"),
        "whether native code is cached and used (default: yes)",
    ),
    (("--code-coverage",), ("none", "user", "all"), "counts executed lines (default: none)"),
    (("--track-allocation",), ("none", "user", "all"), "counts allocations (default: none)"),
    (("-C", "--cpu-target"), ("native",), "the CPU that code is compiled for (default: native)"),
    (("--compiled-modules",), ("yes",), "whether caches are used and written (default: yes)"),
)

_WITHOUT_VALUE = {
    "-O": "-O3",
    "--optimize": "--optimize=3",
    "-g": "-g2",
    "--debug-info": "--debug-info=2",
    "--code-coverage": "--code-coverage=user",
    "--track-allocation": "--track-allocation=user",
}
"""What Julia takes options without a value for."""

_VALUES = frozenset(value for _, values, _ in _SESSION_OPTIONS for value in values)


def _with_values(arguments: Sequence[str]) -> list[str]:
    """Return arguments with the values that Julia takes options without one to have."""
    found = [*arguments]
    for position, word in enumerate(found):
        following = next(iter(found[position + 1 :]), "")
        if following not in _VALUES:
            found[position] = _WITHOUT_VALUE.get(word, word)
    return found


class _SessionOption(argparse.Action):
    """Collects options of Julia as they are written."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002 - argparse hands it over
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        separator = "=" if option_string and option_string.startswith("--") else ""
        option = f"{option_string}{separator}{values}"
        try:
            parse_session_flags([option], NEWEST_KNOWN.minor)
        except UnknownOptionError as error:
            raise argparse.ArgumentError(None, str(error)) from None
        setattr(namespace, self.dest, (*(getattr(namespace, self.dest) or ()), option))


def add_project(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the project."""
    parser.add_argument(
        "--project",
        metavar="DIR",
        help="the project: its folder, its project file, or @name as in Julia (default: "
        "JULIA_PROJECT, otherwise the nearest project file at or above the working directory)",
    )


def add_purpose(parser: argparse.ArgumentParser) -> None:
    """Add the option that asks about what ``Pkg.test`` runs, in place of the project itself."""
    parser.add_argument(
        "--for",
        dest="purpose",
        choices=("test",),
        help="answer for the environment that Pkg.test makes for the project's tests, with the "
        "packages and preferences that count there",
    )


def add_registry(parser: argparse.ArgumentParser) -> None:
    """Add the option that leaves registries alone."""
    parser.add_argument("--no-registry", action="store_true", help="read no registries")


def add_rules(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what rules report, and how much it matters."""
    parser.add_argument(
        "--rule",
        metavar="CODE=SEVERITY",
        type=_rule_severity,
        action="append",
        help=f"the severity of a rule's findings: {', '.join(SEVERITY_WORDS)}; repeat the option "
        "for several rules",
    )
    parser.add_argument(
        "--wide-threshold",
        metavar="N",
        type=package_count,
        help="report a preference (rule wide-invalidation) if changing it recompiles at least N "
        f"packages (default: {DEFAULT_WIDE_THRESHOLD})",
    )


def package_count(text: str) -> int:
    """Return the number of packages, at least 1, that the argument of an option is."""
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of packages, such as 20")
    return int(text)


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Return the settings that the options above choose; a command has some of these options.

    What is not chosen there a ``precompass.toml`` may choose.
    """
    chosen = vars(arguments)
    folders = [Path.cwd(), *map(_folder, _named(chosen))]
    is_trusted = trusts(chosen.get("trust"), folders)
    disk.confine(reach_for(folders, chosen["depot"], os.environ, is_trusted=is_trusted))
    return Settings(
        julia=chosen["julia"],
        session=chosen.get("session") or (),
        depots=chosen["depot"],
        use_depot=False if chosen["no_depot"] else None,
        use_registry=False if chosen.get("no_registry") else None,
        wide_threshold=chosen.get("wide_threshold"),
        severities=dict(chosen.get("rule") or ()),
        is_trusted=is_trusted,
        variables=_variables(chosen.get("project")),
    )


def _variables(project: object) -> dict[str, str]:
    """Return the variables of the environment; ``--project=FILE`` is stronger, as for Julia."""
    variables = dict(os.environ)
    if isinstance(project, str) and Path(project).name in PROJECT_NAMES:
        variables["JULIA_PROJECT"] = os.path.abspath(project)  # noqa: PTH100 - links are kept
    return variables


def _named(chosen: Mapping[str, object]) -> Iterator[str]:
    """Yield the paths that the arguments of a command name."""
    for name in ("paths", "project"):
        value = chosen.get(name)
        yield from (str(text) for text in (value if isinstance(value, list) else [value]) if text)


def _folder(text: str) -> Path:
    """Return the folder that a path on the command line names, or that its file is in."""
    path = Path(os.path.abspath(text))  # noqa: PTH100 - no symlink is followed
    return path if disk.is_folder(path) else path.parent


def _julia_version(text: str) -> VersionNumber:
    version = read_version(text)
    if version is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no version of Julia, such as 1.11 or 1.12.2")
    oldest, newest = (".".join(map(str, series)) for series in KNOWN_SERIES)
    if version.minor < KNOWN_SERIES[0]:
        warn(f"Precompass knows Julia {oldest} to {newest}; {text} is taken to behave as {oldest}")
    elif version.minor > KNOWN_SERIES[1]:
        warn(f"Precompass knows Julia {oldest} to {newest}; {text} is taken to behave as {newest}")
    return version


def _rule_severity(text: str) -> tuple[str, Severity | None]:
    from precompass.rules import RULES  # the commands that have no such option need none

    code, _, word = text.partition("=")
    if code not in RULES:
        raise argparse.ArgumentTypeError(f"there is no rule {code!r}{did_you_mean(code, RULES)}")
    try:
        return code, read_severity(word)
    except WrongSettingError as error:
        near = did_you_mean(word, SEVERITY_WORDS)
        raise argparse.ArgumentTypeError(f"the severity of {code} {error}{near}") from None
