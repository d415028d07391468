"""``precompass completion``: what a shell completes after ``precompass``."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import NamedTuple

from precompass.cli import COMMANDS
from precompass.cli.options import make_parser
from precompass.rules import RULES

_EPILOG = """exit codes:
  0  here is the script

examples:
  precompass completion bash > ~/.local/share/bash-completion/completions/precompass
  precompass completion zsh > "${fpath[1]}/_precompass"
  precompass completion fish > ~/.config/fish/completions/precompass.fish

Start a new shell then. In zsh, the folder must be in fpath before compinit runs.
"""

_FILES = "files"
_FOLDERS = "folders"
_PLACES = {
    "paths": _FILES,
    "html": _FILES,
    "svg": _FILES,
    "dot": _FILES,
    "mermaid": _FILES,
    "project": _FOLDERS,
    "depot": _FOLDERS,
}
"""By the name of an argument, what of the disk it is."""


class _Argument(NamedTuple):
    """An argument of a command.

    Attributes:
        options: how an option is written; none of a positional argument.
        explained: what it does, in a line.
        has_value: whether something follows the option.
        words: the values that there are; empty if any word can follow.
        place: what of the disk the value is, or an empty string.
        is_repeated: whether it may be given several times.
    """

    options: tuple[str, ...]
    explained: str
    has_value: bool
    words: tuple[str, ...]
    place: str
    is_repeated: bool


def parser() -> argparse.ArgumentParser:
    """Return the options of the command."""
    result = make_parser(
        "completion", "Print the script with which a shell completes commands and options.", _EPILOG
    )
    result.add_argument("shell", choices=tuple(_SCRIPTS), metavar="SHELL", help=", ".join(_SCRIPTS))
    return result


def run(arguments: argparse.Namespace) -> int:
    """Print the script and return the exit code."""
    known = {name: tuple(_arguments(name)) for name in COMMANDS}
    print(_SCRIPTS[arguments.shell](known), end="")
    return 0


def _arguments(command: str) -> Iterator[_Argument]:
    """Yield the arguments of a command; argparse lists them in no public way."""
    for action in import_module(f"precompass.cli.{command}").parser()._actions:
        words = tuple(map(str, action.choices or ()))
        spelt = re.fullmatch(r"\{(.+)\}", str(action.metavar or ""))
        if not words and spelt is not None:
            words = tuple(spelt[1].split(","))
        if action.dest == "code":
            words = tuple(RULES)
        if action.dest == "rule":
            words = tuple(f"{code}=" for code in RULES)
        explained = (action.help or "") % {"default": action.default}
        yield _Argument(
            options=tuple(action.option_strings),
            explained=explained.partition("(")[0].partition(";")[0].strip(),
            has_value=action.nargs != 0,
            words=words,
            place=_PLACES.get(action.dest, ""),
            is_repeated=action.dest == "paths" or isinstance(action, argparse._AppendAction),
        )


_Known = Mapping[str, Sequence[_Argument]]


def _bash(known: _Known) -> str:
    """Return the script for bash 4 and later."""
    options, values, operands = [], [], []
    for command, arguments in known.items():
        own = " ".join(option for one in arguments for option in one.options)
        options.append(f"        {command}) words={shlex.quote(own)} ;;")
        for one in arguments:
            if not one.options:
                words = " ".join(one.words)
                operands.append(f"        {command}) words={shlex.quote(words)} ;;")
            elif one.has_value:
                pattern = "|".join(f"{command}:{option}" for option in one.options)
                words = " ".join(one.words)
                values.append(f"        {pattern}) words={shlex.quote(words)} ;;")
    lines = [
        "# bash completion for precompass, made by `precompass completion bash`",
        "_precompass() {",
        "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=",
        "    COMPREPLY=()",
        "    if ((COMP_CWORD == 1)); then",
        f"        words={shlex.quote(' '.join((*known, 'help', '--help', '--version')))}",
        '        COMPREPLY=($(compgen -W "$words" -- "$cur"))',
        "        return",
        "    fi",
        "    if [[ $cur == = ]]; then",
        "        cur=",
        "    elif [[ $prev == = ]]; then",
        "        prev=${COMP_WORDS[COMP_CWORD-2]}",
        "    fi",
        "    case ${COMP_WORDS[1]}:$prev in",
        *values,
        "        *) prev= ;;",
        "    esac",
        "    if [[ -n $prev ]]; then",
        '        COMPREPLY=($(compgen -W "$words" -- "$cur"))',
        "        [[ ${COMPREPLY-} != *= ]] || compopt -o nospace",
        "        return",
        "    fi",
        "    if [[ $cur == -* ]]; then",
        "        case ${COMP_WORDS[1]} in",
        *(f"    {line}" for line in options),
        "        esac",
        "    else",
        "        case ${COMP_WORDS[1]} in",
        *(f"    {line}" for line in operands),
        "        esac",
        "    fi",
        '    COMPREPLY=($(compgen -W "$words" -- "$cur"))',
        "}",
        "complete -o default -F _precompass precompass",
    ]
    return "\n".join(lines) + "\n"


def _zsh(known: _Known) -> str:
    """Return the script for zsh."""
    lines = [
        "#compdef precompass",
        "# zsh completion for precompass, made by `precompass completion zsh`",
        "_precompass() {",
        "    local -a commands=(",
    ]
    lines += [f"        {shlex.quote(f'{name}:{purpose}')}" for name, purpose in COMMANDS.items()]
    lines += [
        "    )",
        "    if (( CURRENT == 2 )); then",
        "        _describe command commands",
        "        return",
        "    fi",
        "    shift words",
        "    (( CURRENT-- ))",
        "    case $words[1] in",
    ]
    for command, arguments in known.items():
        lines.append(f"        {command})")
        lines.append("            _arguments -S \\")
        specs = [spec for one in arguments for spec in _zsh_specs(one)]
        lines += [f"                {shlex.quote(spec)} \\" for spec in specs[:-1]]
        lines += [f"                {shlex.quote(specs[-1])}", "            ;;"]
    lines += ["    esac", "}"]
    lines += ["if [[ $funcstack[1] == _precompass ]]; then", '    _precompass "$@"', "else"]
    lines += ["    compdef _precompass precompass", "fi"]
    return "\n".join(lines) + "\n"


def _zsh_specs(one: _Argument) -> Iterator[str]:
    """Yield an argument in the language of ``_arguments``, once for each way to write it."""
    explained = re.sub(r"([\[\]:\\])", r"\\\1", one.explained)
    values = f"({' '.join(one.words)})" if one.words else ""
    if one.place:
        values = "_files" if one.place == _FILES else "_files -/"
    follows = f":value:{values or ' '}" if one.has_value else ""
    if not one.options:
        yield f"{'*:' if one.is_repeated else '::'}value:{values or ' '}"
    for option in one.options:
        mark = "=" if one.has_value and option.startswith("--") else ""
        mark = "+" if one.has_value and not mark else mark
        yield f"{'*' if one.is_repeated else ''}{option}{mark}[{explained}]{follows}"


def _fish(known: _Known) -> str:
    """Return the script for fish."""
    lines = [
        "# fish completion for precompass, made by `precompass completion fish`",
        "complete -c precompass -f",
    ]
    begin = "complete -c precompass -n __fish_use_subcommand"
    lines += [f"{begin} -a {name} -d {_fish_quoted(purpose)}" for name, purpose in COMMANDS.items()]
    for command, arguments in known.items():
        begin = f"complete -c precompass -n '__fish_seen_subcommand_from {command}'"
        for one in arguments:
            parts = [begin]
            parts += [
                f"-l {option[2:]}" if option.startswith("--") else f"-s {option[1:]}"
                for option in one.options
            ]
            if one.options and one.has_value:
                parts.append("-r" if one.place else "-x")
            if one.words:
                parts.append(f"-a {_fish_quoted(' '.join(one.words))}")
            elif one.place == _FOLDERS:
                parts.append("-a '(__fish_complete_directories)'")
            elif one.place:
                parts.append("-F")
            if one.options:
                parts.append(f"-d {_fish_quoted(one.explained)}")
            if len(parts) > 1:
                lines.append(" ".join(parts))
    return "\n".join(lines) + "\n"


def _fish_quoted(text: str) -> str:
    """Return text in single quotes, in which fish knows two escapes."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


_SCRIPTS: Mapping[str, Callable[[_Known], str]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}
"""The shells, and what makes the script of each."""
