"""Functions of a package that other packages may call by their names.

A macro is handed the module that uses it, and a function can be handed one. Such code may call a
function of that module: with a name in ``esc(…)`` (Julia manual, "Metaprogramming", "Hygiene"),
with ``__module__.f()``, ``getfield(m, :f)()`` or ``Core.eval(m, …)``. Here the code is followed
from the macros and functions that a package uses to the names that it may call, as far as these
are written there; what is computed may be any name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import msgspec

from precompass.source.package_files import Limits, PackageFiles
from precompass.source.syntax import (
    Assignment,
    Call,
    Code,
    Field,
    For,
    Function,
    Interpolation,
    JuliaSource,
    MacroCall,
    Name,
    Quote,
    Splat,
    String,
    name_of,
    parse_julia,
)

_MOST_FOLLOWED = 300  # functions of one package
_NAME = rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*!?"
_MACRO_USE = re.compile(rb"@(?:[\w\x80-\xff]+\.)*(" + _NAME + rb")")
_STRING_MACRO = re.compile(rb"(?<![\w\x80-\xff])([A-Za-z_][\w\x80-\xff]*)\"")
_COMMAND_MACRO = re.compile(rb"(?<![\w\x80-\xff])([A-Za-z_][\w\x80-\xff]*)`")
_DEFINITION = re.compile(
    rb"\b(function|macro|struct)[ \t]+(?:[\w\x80-\xff]+\.)*(" + _NAME + rb")"
    rb"|^[ \t]*(?:@[\w.]+[ \t]+)*(?:const[ \t]+)?(?:[\w\x80-\xff]+\.)*"
    rb"(?:var\"([^\"\n]+)\"|(" + _NAME + rb"))[ \t]*(?:[({]|=[^=])",
    re.MULTILINE,
)
_CALL_IN_TEXT = re.compile(r"([^\W\d]\w*!?)(?:\(|\Z)")

_LOOKS_UP = frozenset({"getfield", "getproperty", "getglobal"})
_TAKES_CODE = frozenset({"include", "include_string", "evalfile"})
_PARSES = frozenset({"include_string", "parseall", "parseatom", "parsestmt"})


class CalledNames(msgspec.Struct, frozen=True):
    """What the code of a package may call in modules that it is handed.

    Attributes:
        found: the macros and functions that were asked for and that the package defines.
        names: the names that its code says; macros without their ``@``.
        any_name: whether it computes names.
        any_code: whether it runs code there that is not its own: of a file, for example.
        handed_on: functions that the package does not define and hands such a module to.
    """

    found: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    any_name: bool = False
    any_code: bool = False
    handed_on: frozenset[str] = frozenset()


class PackageText:
    """The files of one package, searched for what is defined and used there.

    Args:
        folder: of the package.
        entry: the file with its module; what is beside and below it is its source.
        limits: how much is read at most.

    Attributes:
        is_whole: whether all of it was read.
    """

    def __init__(self, folder: Path, entry: Path, limits: Limits | None = None) -> None:
        files = PackageFiles(folder, limits or Limits())
        below = files.julia_files(entry.parent) if entry.parent != folder else [entry]
        self._texts = {path: data for path in below if (data := files.read(path)) is not None}
        self.is_whole = not files.refused
        self._parsed: dict[Path, JuliaSource] = {}
        self._made: dict[Path, dict[str, list[Function]]] = {}
        self._used: dict[str, bool] = {}

    @cached_property
    def _defining(self) -> dict[str, list[Path]]:
        """The names that may be defined, a macro's with its ``@``, and in which files."""
        found: dict[str, dict[Path, None]] = {}
        for path, data in self._texts.items():
            for word, name, quoted, short in _DEFINITION.findall(data):
                text = (name or quoted or short).decode("utf-8", "replace")
                found.setdefault("@" + text if word == b"macro" else text, {})[path] = None
        return {name: list(paths) for name, paths in found.items()}

    def defines(self, name: str) -> bool:
        """Tell whether the text seems to define a function or macro."""
        return name in self._defining

    def definitions(self, name: str) -> list[Function]:
        """Return the methods of a function, or a macro, that the files define."""
        return [
            function
            for path in self._defining.get(name, ())
            for function in self._functions(path).get(name, ())
        ]

    def other_names(self, name: str) -> frozenset[str]:
        """Return what a name is another one for, directly: ``const run = X.go``."""
        return frozenset(
            names[-1]
            for path in self._defining.get(name, ())
            for statement in self._source(path).statements
            for assignment in statement.search(Assignment)
            if (name_of(assignment.target) or ("",))[-1] == name
            and (names := name_of(assignment.value)) is not None
        )

    def _functions(self, path: Path) -> dict[str, list[Function]]:
        if path not in self._made:
            found: dict[str, list[Function]] = {}
            for statement in self._source(path).statements:
                for function in statement.search(Function):
                    if function.names is not None:
                        found.setdefault(function.names[-1], []).append(function)
                for assignment in statement.search(Assignment):
                    names = name_of(assignment.target)
                    if names is not None and isinstance(assignment.value, Function):
                        found.setdefault(names[-1], []).append(assignment.value)
            self._made[path] = found
        return self._made[path]

    def _source(self, path: Path) -> JuliaSource:
        if path not in self._parsed:
            self._parsed[path] = parse_julia(path, self._texts[path])
        return self._parsed[path]

    def macros_used(self) -> frozenset[str]:
        """Return the macros, with ``@``, that the text mentions and does not define."""
        return frozenset(name for name in self._mentions if not self.defines(name))

    def uses_macro(self, name: str) -> bool:
        """Tell whether a macro is used in code: not in a comment or a string only."""
        if name not in self._used:
            self._used[name] = any(
                self._source(path).text_around(start, start + 1) is None
                for path, start in self._mentions.get(name, ())
            )
        return self._used[name]

    @cached_property
    def _mentions(self) -> dict[str, list[tuple[Path, int]]]:
        """Where macros are named, with ``@`` or before a text, by their names with ``@``."""
        found: dict[str, list[tuple[Path, int]]] = {}
        for path, data in self._texts.items():
            for pattern, kind in (
                (_MACRO_USE, ""),
                (_STRING_MACRO, "_str"),
                (_COMMAND_MACRO, "_cmd"),
            ):
                for match in pattern.finditer(data):
                    name = f"@{match[1].decode('utf-8', 'replace')}{kind}"
                    found.setdefault(name, []).append((path, match.start()))
        return found


def called_names(text: PackageText, wanted: Iterable[str]) -> CalledNames:
    """Return what a package's macros and functions may call in modules that they are handed.

    Args:
        text: the package.
        wanted: the macros (with ``@``) and functions from which on its code is followed.
    """
    following = _Following(text)
    found = frozenset(name for name in wanted if text.defines(name))
    others = {name: text.other_names(name) for name in found}
    following.handed_on |= {other for names in others.values() for other in names}
    for name in sorted(found.union(*others.values())):
        for function in text.definitions(name):
            is_macro = name.startswith("@")
            modules = frozenset({"__module__"}) if is_macro else _parameters(function)
            following.add(function, modules)
    following.run()
    return CalledNames(
        found,
        frozenset(following.names),
        following.any_name or not text.is_whole,
        following.any_code,
        frozenset(following.handed_on),
    )


class _Following(msgspec.Struct):
    """Follows the code of a package from one function to the next."""

    text: PackageText
    names: set[str] = msgspec.field(default_factory=set)
    handed_on: set[str] = msgspec.field(default_factory=set)
    any_name: bool = False
    any_code: bool = False
    _pending: list[tuple[Function, frozenset[str]]] = msgspec.field(default_factory=list)
    _seen: dict[Function, frozenset[str]] = msgspec.field(default_factory=dict)

    def add(self, function: Function, modules: frozenset[str]) -> None:
        """Follow a function in which some variables are modules that were handed over."""
        known = self._seen.get(function)
        if known is None or not modules <= known:
            self._seen[function] = modules | (known or frozenset())
            self._pending.append((function, self._seen[function]))

    def run(self) -> None:
        """Follow all that was added, and what it calls."""
        while self._pending:
            function, modules = self._pending.pop()
            if len(self._seen) > _MOST_FOLLOWED:
                self.any_name = True
                return
            self._follow(function, _with_aliases(function, modules))

    def _follow(self, function: Function, modules: frozenset[str]) -> None:
        for quoted in function.search(Quote):
            self._note_quoted(quoted)
        self._note_written(function)
        for macro in function.search(MacroCall):
            if macro.names is not None:
                self._follow_macro(macro, macro.names)
        for call in function.search(Call):
            self._follow_call(call, modules)
        self.any_name |= _calls_what_it_computes(function)

    def _note_written(self, code: Code) -> None:
        """Note names behind a dot, and those in texts."""
        for text in code.search(String):
            for piece in text.pieces:
                if isinstance(piece, str):
                    self.names.update(_CALL_IN_TEXT.findall(piece))
        for name in code.search(Name):
            if len(name.names) > 1:
                self.names.add(name.names[-1].removeprefix("@"))
        for named in code.search(Field):
            self.names.add(named.name)

    def _note_quoted(self, code: Code) -> None:
        if isinstance(code, Quote) and code.symbol is not None:
            self.names.add(code.symbol.removeprefix("@"))
        for name in code.search(Name):
            self.names.add(name.names[0])
        for macro in code.search(MacroCall):
            if macro.names is not None:
                self.names.add(macro.names[0].removeprefix("@"))

    def _follow_macro(self, macro: MacroCall, names: tuple[str, ...]) -> None:
        if names[-1] == "@eval":  # its code is as good as quoted
            for argument in macro.arguments:
                self._note_quoted(argument)
        for definition in self.text.definitions(names[-1]):
            self.add(definition, frozenset({"__module__"}))

    def _follow_call(self, call: Call, modules: frozenset[str]) -> None:
        names = call.names
        if names is None:
            return
        name = names[-1]
        arguments = call.positional
        if _parses(names) and any(not _is_written(item) for item in arguments[-1:]):
            self.any_name = True
        handed = [number for number, item in enumerate(arguments) if _mentions(item, modules)]
        is_handed = bool(handed) or any(_mentions(one.value, modules) for one in call.keywords)
        if is_handed and name in _LOOKS_UP and not all(map(_is_written, arguments[1:2])):
            self.any_name = True
        if is_handed and name == "names":
            self.any_name = True
        if name in _TAKES_CODE and (is_handed or names[0] in modules):
            self.any_code |= not all(map(_is_written, arguments[-1:]))
        definitions = self.text.definitions(name)
        for definition in definitions:
            self.add(definition, _handed(definition, call, handed) if is_handed else frozenset())
        if is_handed and not definitions:
            self.handed_on.add(name)


def _with_aliases(function: Function, modules: frozenset[str]) -> frozenset[str]:
    """Return the variables that are modules, those that are made of one included."""
    found = set(modules)
    for assignment in function.search(Assignment):
        names = name_of(assignment.target)
        if names is not None and len(names) == 1 and _mentions(assignment.value, found):
            found.add(names[0])
    for loop in function.search(For):
        for binding in loop.bindings:
            names = name_of(binding.target)
            if names is not None and _mentions(binding.value, found):
                found.add(names[0])
    return frozenset(found)


def _mentions(code: Code, names: Iterable[str]) -> bool:
    wanted = frozenset(names)
    return any(name.names[0] in wanted for name in code.search(Name)) if wanted else False


def _parameters(function: Function) -> frozenset[str]:
    signature = function.signature
    return frozenset(item.name for item in (*signature.positional, *signature.keywords))


def _handed(function: Function, call: Call, places: list[int]) -> frozenset[str]:
    """Return the parameters that a call hands a module to."""
    formals = function.signature.positional
    is_plain = not any(isinstance(item, Splat) for item in call.positional)
    if is_plain and places and all(place < len(formals) for place in places):
        return frozenset(formals[place].name for place in places)
    return _parameters(function)


def _parses(names: tuple[str, ...]) -> bool:
    return names[-1] in _PARSES or names[-2:] == ("Meta", "parse")


def _is_written(code: Code) -> bool:
    """Tell whether a name or a text is written in the code, and not computed."""
    match code:
        case Quote():
            return code.symbol is not None
        case String():
            return not code.interpolations
        case Call(names=(*_, "Symbol"), positional=(argument,)):
            return _is_written(argument)
        case _:
            return False


def _calls_what_it_computes(function: Function) -> bool:
    """Tell whether quoted code calls a name that is put together: ``$(Symbol(a, "b"))()``."""
    calls = (call for quoted in function.search(Quote) for call in quoted.search(Call))
    if not any(isinstance(call.callee, Interpolation) for call in calls):
        return False
    return any(
        call.names is not None and call.names[-1] == "Symbol" and not _is_written(call)
        for call in function.search(Call)
    )
