"""The command line ``precompass``: what the editors show, for terminals, scripts and CI.

A file per command. Each has a function ``parser()`` that says its options, and a function
``run(arguments)`` that returns the exit code; it is imported when the command is chosen.
"""

from __future__ import annotations

import argparse
import codecs
import gc
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from precompass import __version__
from precompass.cli.failure import CannotRun, complain, did_you_mean

COMMANDS = {
    "status": "show a project at a glance: Julia, caches, preferences, what is recompiled next",
    "why": "say what Julia recompiles next, because of what, and what it costs",
    "check": "report problems and costly preferences in Julia project files",
    "explain": "show what Julia recompiles if a preference or a package changes",
    "diff": "show what Julia recompiles between two states of an environment",
    "fix": "show or apply fixes",
    "graph": "draw what Julia recompiles: a web page, an image, Graphviz, Mermaid",
    "ecosystem": "count the registered packages that depend on a package",
    "caches": "list compile caches of Julia, whether they fit, and delete some",
    "cache": "show or delete the cache of Precompass",
    "rule": "print the documentation of a rule",
    "completion": "print the script with which a shell completes commands and options",
}
"""The commands and what each is for."""

_GARBAGE = (50_000, 20, 100)
"""Thresholds of the garbage collector, raised: the trees of texts are many objects, no rubbish."""

_READABLE = "precompass-readable"
_IN_ASCII = {"→": "->", "…": "...", "·": "-", "│": "|", "─": "-", "✓": "*"}
"""What stands for a sign of ours in an encoding without it, as on Windows in a pipe."""

COULD_NOT_RUN = 2
_INTERRUPTED = 130  # as shells say it: 128 + SIGINT
_BROKEN_PIPE = 141  # 128 + SIGPIPE


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0, 1 or 2; see each command's ``--help``.

    Args:
        argv: the arguments, without the program's name; by default those of the process.
    """
    _prepare_streams()
    try:
        code = _run(sys.argv[1:] if argv is None else list(argv))
        sys.stdout.flush()
    except CannotRun as failure:
        complain(str(failure))
        return COULD_NOT_RUN
    except BrokenPipeError:  # nobody reads on, as with `| head`
        _let_output_go()
        return _BROKEN_PIPE
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        is_gone = isinstance(error, FileNotFoundError) and not where
        complain(
            "the working directory is gone" if is_gone else f"{where}{error.strerror or error}"
        )
        _let_output_go()  # it may be what there is no room for
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        complain("interrupted")
        return _INTERRUPTED
    except SystemExit as done:  # argparse has said what there is to say
        return done.code if isinstance(done.code, int) else COULD_NOT_RUN
    return code


def _let_output_go() -> None:
    """Let Python end without a last attempt to write what could not be written."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _prepare_streams() -> None:
    """Let the streams take any text, also names of files that are in no encoding."""
    codecs.register_error(_READABLE, _without_losses)
    sys.stdout = sys.stdout or io.StringIO()  # None if the shell has closed it
    sys.stderr = sys.stderr or io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_READABLE)


def _without_losses(error: UnicodeError) -> tuple[str | bytes, int]:
    """Replace what an encoding does not have: arrows and such by ASCII, all else by its number."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    word = _IN_ASCII.get(error.object[error.start])
    return (word, error.start + 1) if word else codecs.backslashreplace_errors(error)


def _run(arguments: list[str]) -> int:
    if arguments and arguments[0] in COMMANDS:
        gc.disable()  # an import makes many objects and no rubbish
        command = import_module(f"precompass.cli.{arguments[0]}")
        gc.set_threshold(*_GARBAGE)
        gc.freeze()  # the objects of now stay, and need not be traversed again
        gc.enable()
        code: int = command.run(command.parser().parse_args(arguments[1:]))
        gc.freeze()  # the process ends; Python would look through all objects once more
        return code
    parser = _parser()
    if arguments[:1] == ["help"]:
        if len(arguments) > 1:
            return _run([arguments[1], "--help"])
        parser.print_help()
        return 0
    if arguments and not arguments[0].startswith("-"):
        raise CannotRun(f"there is no command {arguments[0]}{_instead_of(arguments[0])}")
    _, unknown = parser.parse_known_args(arguments)
    if unknown:
        name = unknown[0].partition("=")[0]
        raise CannotRun(f"there is no option {name} before the command; see precompass --help")
    parser.print_help(sys.stderr)
    return COULD_NOT_RUN


def _instead_of(word: str) -> str:
    """Return ``; did you mean …?`` for what stands in the place of a command."""
    from pathlib import Path  # not before a command is known: it takes time to import

    from precompass.files import disk

    if word.endswith(".toml") or disk.is_there(Path(word)):
        return f"; did you mean precompass check {word}?"
    return did_you_mean(word, (*COMMANDS, "help", "--version"))


def _parser() -> argparse.ArgumentParser:
    commands = "\n".join(f"  {name:11}{purpose}" for name, purpose in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="precompass",
        usage="precompass COMMAND [OPTIONS]",
        description="If this line of this file changes, what does Julia recompile?",
        epilog=f"commands:\n{commands}\n\n'precompass COMMAND --help' shows its options.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-V", "--version", action="version", version=f"precompass {__version__}")
    return parser
