"""What the code of a package does that matters here, statement by statement.

Each body of code (the top level of the package, a function, a macro) is read once, on its
own. What it does is a list of effects: preferences read, calls of functions that may read
some, workloads run. Values that a caller passes stay open in it (``Parameter``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import Any, TypeAlias, TypeGuard

import msgspec
from msgspec.structs import replace

from precompass.source.computed_readers import (
    READERS_IN_BASE,
    TAKES_FROM_MODULE,
    is_called_as_reader,
    may_be_read,
    may_name,
)
from precompass.source.evaluation import Scope, bound_names
from precompass.source.modules import (
    BASE,
    PREFERENCE_READERS,
    Condition,
    Conditions,
    Definition,
    JuliaModule,
    Meaning,
    Member,
    Statement,
    candidates,
    resolve,
    used_submodules,
)
from precompass.source.name_lookups import NAME_LOOKUPS, is_module_name, looks_up_names
from precompass.source.package_code import ONLY_NAMES, TRANSPARENT_MACROS, PackageCode
from precompass.source.syntax import (
    Assignment,
    Binding,
    Block,
    Call,
    Catch,
    Clause,
    Code,
    Collection,
    Comprehension,
    Exit,
    ExportStatement,
    Field,
    For,
    Function,
    FunctionKind,
    If,
    ImportStatement,
    Index,
    Interpolation,
    Let,
    MacroCall,
    Module,
    Name,
    Operation,
    Parametrized,
    Quote,
    Site,
    Splat,
    String,
    Struct,
    Try,
    Typed,
    While,
    name_of,
)
from precompass.source.values import (
    OWN,
    Expander,
    Items,
    PackageModule,
    Parameter,
    PreferencesDict,
    Text,
    Unknown,
    Value,
    alternatives,
    either,
    element,
    is_undecided,
)

WORKLOAD_MACROS = {
    "PrecompileTools": frozenset({"@compile_workload", "@setup_workload"}),
    "SnoopPrecompile": frozenset({"@precompile_all_calls", "@precompile_setup"}),
}
KNOWN_PACKAGES = frozenset({"Preferences", "PrecompileTools", "SnoopPrecompile", "JLLWrappers"})

MOST_READS = 1_000
"""Places that read preferences in one package; behind more, nothing is followed. Real packages
have up to 50.
"""
MOST_CALLS = 20_000
"""The same for calls of its own functions that may read. Real packages have up to 9,000."""
_CALLS_ITS_FUNCTION = frozenset(
    {"lock", "open", "cd", "withenv", "mktemp", "mktempdir", "invokelatest"}
    | {"task_local_storage", "redirect_stdout", "redirect_stderr", "redirect_stdio"}
    | {"with_logger", "with", "fetch"}
)
_CALLS_FOR_EACH = frozenset({"map", "foreach", "filter", "count", "sum", "mapreduce"})
_CALLS_FOR_SOME = frozenset({"any", "all", "findfirst", "findlast", "first"})
_TAKES_CODE = frozenset({"include_string", "evalfile"})
_TEXT_RUN = re.compile(rb"\bMeta\.parse|\binclude_string\b|\bparseall\b|\bparsestmt\b")
_CALL_IN_TEXT = re.compile(r"([^\W\d]\w*!?)\(")
_LOOKS_UP = frozenset({"get", "get!", "haskey", "pop!"})
_MAY_LEAVE = (If, Operation, For, While, Try, Let, Block, MacroCall)


class Recording(Enum):
    """What happens to a preference that is asked for while a package compiles."""

    RECORDED = "recorded"
    DISABLED = "disable_invalidation"  # Preferences 1.5.2: read, and not recorded
    DEFAULT = "force_compiletime_default"  # Preferences after 1.5.2: not even read
    BASE = "Base.get_preferences"  # read, and not recorded: only Preferences records

    __hash__ = object.__hash__  # each is there once; that of Enum takes a tenth of a large package


class Part(Enum):
    """What of a definition takes effect."""

    EXECUTED = "executed"
    """Its own body: it is called."""
    EXPANDED = "expanded"
    """The code that it returns, which runs."""
    INFERRED = "inferred"
    """What makes the code of the ``@generated`` functions that it calls: a call is inferred."""

    __hash__ = object.__hash__  # as that of Recording


class Read(msgspec.Struct, frozen=True):
    """A preference is asked for.

    Attributes:
        unless: the parameter whose default asks for it; it is not asked for if one is passed.
        via: the functions and macros through which the code gets there, outermost first.
    """

    owner: Value
    key: Value
    site: Site
    conditions: Conditions
    recording: Recording = Recording.RECORDED
    default: str | None = None
    via: tuple[str, ...] = ()
    unless: str | None = None

    @property
    def identity(self) -> tuple[object, ...]:
        """What it has in common with the same read in another way or under other conditions."""
        rest = (self.site, self.recording, self.default, self.unless)
        return (Read, self.owner, self.key, *rest)


class OutsideCall(msgspec.Struct, frozen=True):
    """A function or macro of another package is called: of one of *packages*.

    *arguments* is None where they are not known. *exported* tells that the name is used bare
    and imported by no name: only what the package exports can be meant. *expander* is the
    module in which a macro is expanded.
    """

    packages: tuple[str, ...]
    path: tuple[str, ...]
    part: Part
    arguments: tuple[Value, ...] | None
    keywords: tuple[tuple[str, Value], ...]
    site: Site
    conditions: Conditions
    exported: bool = False
    expander: Value = OWN
    via: tuple[str, ...] = ()
    unless: str | None = None

    @property
    def identity(self) -> tuple[object, ...]:
        """What it has in common with the same call in another way or under other conditions."""
        what = (self.packages, self.path, self.part, self.arguments, self.keywords)
        return (OutsideCall, *what, self.site, self.exported, self.expander, self.unless)


class WorkloadRun(msgspec.Struct, frozen=True):
    """A workload macro is used."""

    package: str
    macro: str
    site: Site
    conditions: Conditions
    via: tuple[str, ...] = ()
    unless: str | None = None

    @property
    def identity(self) -> tuple[object, ...]:
        """What it has in common with the same run in another way or under other conditions."""
        return (WorkloadRun, self.package, self.macro, self.site, self.unless)


class VariableRead(msgspec.Struct, frozen=True):
    """An environment variable is read."""

    name: Value
    site: Site
    conditions: Conditions
    via: tuple[str, ...] = ()
    unless: str | None = None

    @property
    def identity(self) -> tuple[object, ...]:
        """What it has in common with the same read in another way or under other conditions."""
        return (VariableRead, self.name, self.site, self.unless)


Effect: TypeAlias = Read | OutsideCall | WorkloadRun | VariableRead


class LocalCall(msgspec.Struct, frozen=True):
    """A function or macro of this package is called; *arguments* is None if unknown."""

    definitions: tuple[Definition, ...]
    part: Part
    arguments: tuple[Value, ...] | None
    keywords: tuple[tuple[str, Value], ...]
    site: Site
    conditions: Conditions
    expander: Value = OWN
    unless: str | None = None


Step: TypeAlias = Effect | LocalCall


class Body(msgspec.Struct):
    """What a body of code does when it runs, and what the code does that it returns quoted.

    The names in the code that a generated function returns mean what they mean where it is
    written, those of a macro what they mean where the macro is used.
    """

    executed: list[Step] = msgspec.field(default_factory=list)
    expanded: list[Step] = msgspec.field(default_factory=list)
    is_generated: bool = False


class _Frame(msgspec.Struct, frozen=True):
    """Where the reader is.

    Attributes:
        body: what is being read.
        steps: the list of *body* that takes what is found.
        in_function: whether it is a function; definitions in it are its own.
        evaluating: whether quoted code is run, as under ``@eval``.
        spliced: whether what the quoted code interpolates was read already.
    """

    scope: Scope
    conditions: Conditions
    body: Body
    steps: list[Step]
    in_function: bool
    evaluating: bool = False
    spliced: bool = False

    @property
    def is_expanded(self) -> bool:
        """Whether the code runs where a macro is used."""
        return self.scope.quoted and not self.body.is_generated

    def under(self, condition: Condition | None) -> _Frame:
        if condition is None or condition in self.conditions:
            return self
        return replace(self, conditions=(*self.conditions, condition))

    def perhaps(self, code: Code, text: str | None = None) -> _Frame:
        """The frame for code that may run or not, depending on *code*."""
        return self.under(Condition(code.site, 0, 0, text or code.excerpt()))


class _Called(msgspec.Struct, frozen=True):
    """A call by name: what is passed; *for_each* tells that it is called for each element."""

    code: Code
    names: tuple[str, ...]
    positional: tuple[Code, ...]
    keywords: Mapping[str, Code] = msgspec.field(default_factory=dict)
    for_each: bool = False

    @property
    def name_end(self) -> int:
        """The offset behind the name of what is called."""
        match self.code:
            case Call():
                return self.code.callee.end
            case MacroCall():
                return self.code.name_end
            case _:
                return self.code.end

    @property
    def is_open(self) -> bool:
        """Whether it cannot be seen how many arguments by position there are."""
        return any(isinstance(item, Splat) for item in self.positional)


class EffectReader:
    """Reads the bodies of a package's code.

    Args:
        code: the package.
        foreign: names of functions and macros of other packages that matter.
        hands_on: whether the package passes on the module Preferences as a value.

    Attributes:
        top: what runs while the package's modules are evaluated.
        passed: the functions that are passed to others, which may call them.
        escaped: the functions that code of the top level uses as values.
        followed: the places that were read: the ends of the names of readers, by file.
        skipped: code that surely does not run while the package compiles: from, to, by file.
        precompile_disabled: where the package says ``__precompile__(false)``, if it does.
    """

    def __init__(
        self, code: PackageCode, foreign: frozenset[str], *, hands_on: bool = False
    ) -> None:
        self.code = code
        self.foreign = foreign
        self._hands_on = hands_on
        self._called_at_once: dict[tuple[Path, int, int], tuple[Code, ...]] = {}
        self.top = Body()
        self.passed: set[Definition] = set()
        self.escaped: set[Definition] = set()
        self.followed: set[tuple[Path, int]] = set()
        self.skipped: list[tuple[Path, int, int]] = []
        self.precompile_disabled: Site | None = None
        self._reads = 0
        self._local_calls = 0
        self._looks_up_names = False
        self._named: list[tuple[tuple[Definition, ...], Code, _Frame]] = []
        self._quoted_names: dict[Definition, tuple[str, ...]] = {}
        self._evaluation = code.evaluation
        self._depth_limit = code.files.limits.depth

    @property
    def exhausted(self) -> bool:
        """Whether there was so much to follow that the rest of the code was not followed."""
        return self.found_most or self._local_calls > MOST_CALLS

    @property
    def found_most(self) -> bool:
        """Whether more places read preferences than are followed."""
        return self._reads > MOST_READS

    def read_top(self) -> Body:
        """Read what runs while the package's modules are evaluated."""
        self._read_statements(self.code.statements, self.top, in_function=False)
        return self.top

    def read_definition(self, definition: Definition) -> Body:
        """Read what a function or macro does when it is called."""
        body = Body(is_generated=definition.is_generated)
        signature = definition.signature
        arguments = (*signature.positional, *signature.keywords)
        own = definition.module.definitions  # functions that variables around it hold, too
        names: dict[str, Value] = {
            name: value for name, value in definition.local.items() if name not in own
        }
        names.update({item.name: Parameter(item.name) for item in arguments})
        scope = Scope(definition.module, names)
        scope = scope.binding(self._assigned(definition.body, scope))
        frame = _Frame(scope, (), body, body.executed, in_function=True)
        self._sequence(definition.body, frame)
        for argument in arguments:
            if argument.default is not None:
                before = len(body.executed)
                self._run(argument.default, frame, 0)
                body.executed[before:] = [
                    replace(step, unless=argument.name) for step in body.executed[before:]
                ]
        self._read_statements(definition.included, body, in_function=True)
        return body

    def _read_statements(
        self, statements: Sequence[Statement], body: Body, *, in_function: bool
    ) -> None:
        for statement in statements:
            scope = Scope(statement.module)
            frame = _Frame(scope, statement.conditions, body, body.executed, in_function)
            self._run(statement.code, frame, 0)

    def _assigned(self, statements: Iterable[Code], scope: Scope) -> dict[str, Value]:
        """Return the local variables of a function: all that is ever assigned to each."""
        found: dict[str, Value] = dict(scope.local)
        for statement in statements:
            for code in statement.search(Assignment, skip=(Function,)):
                if code.updates:
                    names: dict[str, Value] = {code.target.text: Unknown(code.excerpt())}
                else:
                    value = self._evaluation.value(code.value, replace(scope, local=found))
                    names = bound_names(code.target, value)
                for name, bound in names.items():
                    found[name] = either((found[name], bound)) if name in found else bound
        return found

    # Statements

    def _sequence(self, statements: Sequence[Code], frame: _Frame, depth: int = 0) -> None:
        for number, code in enumerate(statements):
            self._run(code, frame, depth)
            if isinstance(code, Exit):
                self._skip(statements[number + 1 :])
                return
            if isinstance(code, _MAY_LEAVE) and self._may_leave(code, frame):
                frame = frame.perhaps(code, "not left before: " + code.excerpt())

    def _may_leave(self, code: Code, frame: _Frame) -> bool:
        data = code.data
        if b"return" not in data and b"break" not in data and b"continue" not in data:
            return False
        if isinstance(code, Operation) and code.is_short_circuit and code.operands:
            decided = self._evaluation.decide(code.operands[0], frame.scope)
            if (code.operator, decided) in {("||", True), ("&&", False)}:
                return False
        if any(found.is_return for found in code.search(Exit, skip=(Function, Quote))):
            return True
        # break and continue leave the innermost loop, and that may be within the code
        return any(code.search(Exit, skip=(Function, Quote, For, While)))

    def _run(self, code: Code, frame: _Frame, depth: int) -> None:
        """Read one piece of code that runs."""
        self._evaluation.steps += 1
        if self.exhausted or not self.code.mentions(code):
            return
        if depth > self._depth_limit or self._evaluation.exhausted:
            self._run_flat(code, frame)
            return
        run = _RUNNERS.get(type(code), EffectReader._run_children)
        run(self, code, frame, depth + 1)

    def _run_children(self, code: Code, frame: _Frame, depth: int) -> None:
        self._run_all(code.children, frame, depth)

    def _run_all(self, pieces: Iterable[Code], frame: _Frame, depth: int) -> None:
        for code in pieces:
            self._run(code, frame, depth)

    def _run_nothing(self, code: Code, frame: _Frame, depth: int) -> None:
        """What is only defined or imported does not run."""

    def _skip(self, codes: Iterable[Code]) -> None:
        """Note code that does not run."""
        self.skipped += ((code.source.path, code.start, code.end) for code in codes)

    def _run_name(self, code: Name, frame: _Frame, _depth: int) -> None:
        """Note a function that is used as a value: what gets it may call it."""
        if code.names[0] in frame.scope.local:
            return
        meaning = resolve(frame.scope.module, code.names)
        if isinstance(meaning, tuple):
            found = tuple(
                item
                for item in meaning  # the name of a constructor is a type, hardly a function
                if isinstance(item, Definition) and not item.name[:1].isupper()
            )
            (self.passed if frame.in_function else self.escaped).update(found)
            if frame.in_function:
                self._may_be_called(found, code, frame)

    def _may_be_called(self, found: tuple[Definition, ...], code: Code, frame: _Frame) -> None:
        """Note that functions may be called where code has them, or their name, as a value."""
        if not found or found[0].is_macro:
            return
        self._local_calls += 1
        condition = Condition(code.site, 0, 0, f"{found[0].name} is called", unfollowed=True)
        conditions = (*frame.conditions, condition)
        frame.steps.append(LocalCall(found, Part.EXECUTED, None, (), code.site, conditions))

    def _note_name(self, name: str, code: Code, frame: _Frame) -> None:
        """Note the name of a function, as a symbol or in a text: code may call it by that.

        That counts at once where code is evaluated, and else if names are looked up somewhere.
        """
        if name in PREFERENCE_READERS:
            read = Unknown(code.excerpt())
            condition = Condition(code.site, 0, 0, f"{name} is called", unfollowed=True)
            conditions = (*frame.conditions, condition)
            frame.steps.append(Read(read, read, code.site, conditions))
        elif self.code.is_wanted(name) and name not in frame.scope.local:
            meaning = resolve(frame.scope.module, (name,))
            if isinstance(meaning, tuple):
                found = tuple(item for item in meaning if isinstance(item, Definition))
                if frame.evaluating:
                    self._may_be_called(found, code, frame)
                else:
                    self._named.append((found, code, frame))

    def _run_interpolated(self, called: Code, code: Call, frame: _Frame) -> tuple[str, ...] | None:
        """Read a call of what quoted code interpolates: ``$f(x)``, ``$(A.f)(x)``."""
        called = _unwrapped(called)
        names = name_of(called)
        meaning: Meaning | None = None
        if names is not None and names[0] not in frame.scope.local:
            meaning = resolve(frame.scope.module, names)
        if not isinstance(meaning, Member):
            for value, _ in alternatives(self._evaluation.value(called, frame.scope)):
                if isinstance(value, Text):
                    self._note_name(value.value, code, replace(frame, evaluating=True))
        return names if isinstance(meaning, Member | tuple) else None

    def _may_be_any(self, name: str, code: Code, frame: _Frame) -> None:
        """Note what a function of something computed may be: ``parentmodule(M).f()``."""
        if self.code.is_wanted(name):
            self._may_be_called(self._own_by_name.get(name, ()), code, frame)

    @cached_property
    def _own_by_name(self) -> dict[str, tuple[Definition, ...]]:
        """The package's own functions by name, in whatever module."""
        found: dict[str, list[Definition]] = {}
        for definition in self.code.definitions:
            if not definition.extends:
                found.setdefault(definition.name, []).append(definition)
        return {name: tuple(definitions) for name, definitions in found.items()}

    def _look_up(self, call: _Called, frame: _Frame, *, is_called: bool = False) -> None:
        """Note the functions that ``getfield(@__MODULE__, …)`` may give."""
        if call.names[-1] not in NAME_LOOKUPS or len(call.positional) < 2:
            return
        first, second = call.positional[:2]
        is_module = self._evaluation.value(first, frame.scope) in {OWN, Expander()}
        if not (is_module or is_called or is_module_name(first)):
            return
        for value, _ in alternatives(self._evaluation.value(second, frame.scope)):
            if isinstance(value, Text):
                self._note_name(value.value, call.code, replace(frame, evaluating=True))
            else:
                self._looks_up_names = True

    def _note_call(self, called: Code, arguments: tuple[Code, ...]) -> None:
        """Note with what arguments a function is called that other code computes."""
        called = _unwrapped(called)
        if isinstance(called, Call):
            self._called_at_once[called.source.path, called.start, called.end] = arguments

    def _take_reader(self, call: _Called, frame: _Frame) -> None:
        """Note what is read if a computed name in a module is that of a reader."""
        if call.names[-1] not in TAKES_FROM_MODULE or len(call.positional) < 2:
            return
        first, second = call.positional[:2]
        place = call.code.source.path, call.code.start, call.code.end
        arguments = self._called_at_once.get(place)
        values = tuple(self._evaluation.value(one, frame.scope) for one in arguments or ())
        readers = self._readers_of(call, first, values, frame)
        name = self._evaluation.value(second, frame.scope)
        is_noted = isinstance(second, Quote) and second.symbol in PREFERENCE_READERS
        if is_noted or not readers or not may_name(name, readers):
            return
        if arguments is None or any(isinstance(one, Splat) for one in arguments):
            values = (Unknown(call.code.excerpt()),) * 2
        if may_be_read(values):
            site = call.code.site
            condition = Condition(site, 0, 0, "it is a reader of preferences", unfollowed=True)
            conditions = (*frame.conditions, condition)
            frame.steps.append(Read(values[0], values[1], site, conditions))

    def _readers_of(
        self, call: _Called, module: Code, values: tuple[Value, ...], frame: _Frame
    ) -> frozenset[str]:
        """Return the readers that a computed name in a module may be."""
        value = self._evaluation.value(module, frame.scope)
        if any(one == PackageModule("Preferences") for one, _ in alternatives(value)):
            return PREFERENCE_READERS
        if call.names[-1] not in NAME_LOOKUPS:
            return frozenset()
        if is_called_as_reader(values):
            return PREFERENCE_READERS
        names = name_of(module) or ("",)
        is_base = resolve(frame.scope.module, names) == Member(BASE, ())
        if is_base and names[-1] not in {"Core", "Main"}:
            return READERS_IN_BASE
        may_be_handed = self._hands_on and is_undecided(value)
        is_likely = bool(values) or is_module_name(module)
        return PREFERENCE_READERS if may_be_handed and is_likely else frozenset()

    def _run_computed(self, code: Call, frame: _Frame) -> tuple[str, ...] | None:
        """Read a call of what is no mere name; return the name that it comes to, if one."""
        match code.callee:
            case Call(names=tuple() as names) as inner:
                called = _Called(inner, names, inner.positional)
                self._look_up(called, frame, is_called=True)
            case Field(name=name):
                self._may_be_any(name, code, frame)
            case Interpolation(value=Code() as value):
                return self._run_interpolated(value, code, frame)
            case _:
                pass
        return None

    def finish(self) -> None:
        """Take the functions that are named for called, if the code looks up names."""
        if self._named and (self._looks_up_names or looks_up_names(self.code)):
            for found, code, frame in self._named:
                self._may_be_called(found, code, frame)
        self._named.clear()

    def _run_string(self, code: String, frame: _Frame, depth: int) -> None:
        """Read what a string interpolates; one with a prefix is a call of a macro."""
        self._run_all(code.interpolations, frame, depth)
        if code.macro is not None:
            meaning = resolve(frame.scope.module, (code.macro,))
            called = _Called(code, (code.macro,), (code.content,))
            self._effects_of_call(called, meaning, frame)
            return
        text = "".join(piece for piece in code.pieces if isinstance(piece, str))
        if code.is_documentation:
            return
        if text.isidentifier():
            self._note_name(text, code, frame)
        for name in _CALL_IN_TEXT.findall(text) if self._runs_texts else ():
            self._note_name(name, code, replace(frame, evaluating=True))

    @cached_property
    def _runs_texts(self) -> bool:
        """Whether code of the package runs code that is a text."""
        return any(_TEXT_RUN.search(source.data) for source in self.code.sources.values())

    def _run_block(self, code: Block, frame: _Frame, depth: int) -> None:
        self._sequence(code.statements, frame, depth)

    def _run_flat(self, code: Code, frame: _Frame) -> None:
        """Find calls in code too deep to follow: they are found, their conditions are not."""
        frame = frame.perhaps(code, "deeply nested code")
        for macro in code.search(MacroCall):
            self._run_flat_call(macro, macro.names, macro.positional, frame)
        for call in code.search(Call):
            self._run_flat_call(call, call.names, call.positional, frame)

    def _run_flat_call(
        self,
        code: Code,
        names: tuple[str, ...] | None,
        arguments: tuple[Code, ...],
        frame: _Frame,
    ) -> None:
        self._evaluation.steps += 1
        if names is not None and self.code.is_wanted(names[-1]):
            meaning = resolve(frame.scope.module, names)
            self._effects_of_call(_Called(code, names, arguments), meaning, frame)

    def _run_function(self, code: Function, frame: _Frame, depth: int) -> None:
        frame = self._spliced(code, frame, depth)
        self._run_all(code.types, frame, depth)
        if code.is_anonymous:
            self._run_lambda(code, frame.perhaps(code), None, depth)
        elif code.kind is FunctionKind.DO:
            self._sequence(code.statements, frame, depth)
        elif frame.in_function and code.kind is not FunctionKind.MACRO:
            # At the top level a definition is read when it is called.
            inner = frame.perhaps(code, "inner " + code.head.excerpt(40))
            self._sequence(code.statements, inner, depth)

    def _run_struct(self, code: Struct, frame: _Frame, depth: int) -> None:
        """Read what runs when a type is defined: the types of its fields, not its constructors."""
        frame = self._spliced(code, frame, depth)
        self._run_all(code.types, frame, depth)
        for statement in code.statements:
            if isinstance(statement, Assignment):  # a default, which the constructor computes
                statement = statement.target
            if isinstance(statement, Function):
                self._run_all(statement.types, frame, depth)
            else:
                self._run(statement, frame, depth)

    def _spliced(self, code: Code, frame: _Frame, depth: int) -> _Frame:
        """Read what quoted code interpolates into a definition; return the frame for the rest.

        It runs where the quote is: in ``@eval f() = $(g())`` the call of ``g`` runs at once, and
        ``f`` later or never.
        """
        if frame.spliced or not (frame.evaluating or frame.scope.quoted):
            return frame
        inner = replace(frame, evaluating=False)
        for interpolated in _interpolated(code):
            self._run(interpolated, inner, depth)
        return replace(frame, spliced=True)

    def _run_quote(self, code: Quote, frame: _Frame, depth: int) -> None:
        frame = replace(frame, spliced=False) if frame.spliced else frame
        if code.symbol is not None:
            self._note_name(code.symbol, code, frame)
        elif frame.evaluating:
            self._sequence(code.children, frame, depth)
        elif frame.in_function:
            scope = replace(frame.scope, quoted=True)
            inner = replace(frame, scope=scope, steps=frame.body.expanded)
            self._sequence(code.children, inner, depth)
        else:  # an expression that nobody runs as far as can be seen
            for interpolated in code.search(Interpolation):
                self._run(interpolated, frame, depth)

    def _run_interpolation(self, code: Interpolation, frame: _Frame, depth: int) -> None:
        if frame.spliced:
            return
        if frame.scope.quoted:
            scope = replace(frame.scope, quoted=False)
            frame = replace(frame, scope=scope, steps=frame.body.executed)
        self._sequence(code.children, frame, depth)

    def _run_if(self, code: If, frame: _Frame, depth: int) -> None:
        test_frame = frame
        for branch in code.branches:
            test = branch.condition
            if test is not None:
                self._run(test, test_frame, depth)
                if self._evaluation.decide(test, frame.scope) is None:
                    test_frame = frame.perhaps(test)
        arms = self._evaluation.arms(code, frame.scope)
        for arm in arms:
            self._sequence(arm.statements, frame.under(arm.condition), depth)
        taken = {id(arm.statements) for arm in arms}
        for branch in code.branches:
            if id(branch.statements) not in taken:
                self._skip(branch.statements)

    def _run_operation(self, code: Operation, frame: _Frame, depth: int) -> None:
        pipes = code.operator in {"|>", ".|>"}
        if len(code.operands) != 2 or not (code.is_short_circuit or pipes):
            self._run_all(code.operands, frame, depth)
            return
        left, right = code.operands
        self._run(left, frame, depth)
        if code.is_short_circuit:
            self._run_second(code, frame, depth)
            return
        names = name_of(right)
        if names is None:
            self._run(right, frame, depth)
            return
        called = _Called(right, names, (left,), for_each=code.operator == ".|>")
        self._effects_of_call(called, resolve(frame.scope.module, names), frame)

    def _run_second(self, code: Operation, frame: _Frame, depth: int) -> None:
        """Read the text behind ``&&`` or ``||``."""
        left, right = code.operands
        goes_on = code.operator == "&&"
        decided = self._evaluation.decide(left, frame.scope)
        if decided is None:
            tests = self._evaluation.tests(left, frame.scope, holds=goes_on)
            text = left.excerpt() if goes_on else f"not ({left.excerpt()})"
            frame = frame.under(Condition(left.site, 0, 0, text, tests=tests))
        elif decided is not goes_on:
            self._skip((right,))
            return
        self._run(right, frame, depth)

    def _run_for(self, code: For, frame: _Frame, depth: int) -> None:
        inner = self._in_loop(code.bindings, frame, depth)
        self._sequence(code.statements, inner, depth)

    def _in_loop(self, bindings: tuple[Binding, ...], frame: _Frame, depth: int) -> _Frame:
        self._run_all([binding.value for binding in bindings], frame, depth)
        scope, condition = self._evaluation.loop(bindings, frame.scope)
        return replace(frame, scope=scope).under(condition)

    def _run_comprehension(self, code: Comprehension, frame: _Frame, depth: int) -> None:
        for clause in code.clauses:
            if clause.condition is None:
                frame = self._in_loop(clause.bindings, frame, depth)
            else:
                self._run(clause.condition, frame, depth)
                frame = frame.perhaps(clause)
        self._run_all(code.values, frame, depth)

    def _run_while(self, code: While, frame: _Frame, depth: int) -> None:
        test = code.condition
        if test is None:
            return
        self._run(test, frame, depth)
        decided = self._evaluation.decide(test, frame.scope)
        if decided is not False:
            inner = frame if decided else frame.perhaps(test)
            self._sequence(code.statements, inner, depth)
        else:
            self._skip(code.statements)

    def _run_catch(self, code: Catch | Clause, frame: _Frame, depth: int) -> None:
        self._sequence(code.children, frame.perhaps(code), depth)

    def _run_let(self, code: Let, frame: _Frame, depth: int) -> None:
        for binding in code.bindings:
            self._run(binding.value, frame, depth)
            found = self._evaluation.value(binding.value, frame.scope)
            names = bound_names(binding.target, found)
            frame = replace(frame, scope=frame.scope.binding(names))
        scope = frame.scope.binding(self._assigned(code.statements, frame.scope))
        self._sequence(code.statements, replace(frame, scope=scope), depth)

    def _run_assignment(self, code: Assignment, frame: _Frame, depth: int) -> None:
        if isinstance(code.value, Name) and _is_alias(code.target, frame.scope):
            self.followed.add((code.source.path, code.value.end))
            return  # another name of the same; calls of a variable are not followed
        if not isinstance(code.value, Function) or code.value.kind is FunctionKind.SHORT:
            self._run(code.value, frame, depth)
        elif frame.in_function or _is_of_block(code.target, frame.scope):
            inner = frame.perhaps(code, "inner " + code.target.excerpt(40))
            self._run(code.value, inner, depth)
        else:
            self._spliced(code.value, frame, depth)
            self._run_all(code.value.types, frame, depth)
        self._run_target(code.target, frame, depth)

    def _run_target(self, target: Code, frame: _Frame, depth: int) -> None:
        """Read what runs to find the place that is assigned to: ``a[f()] = 1``, ``x::f() = 1``."""
        match target:
            case Name():
                pass
            case Typed():
                self._run_target(target.value, frame, depth)
                self._run_all(target.children[1:], frame, depth)
            case Index():
                self._run_all(target.children, frame, depth)
            case Collection():
                for item in target.items:
                    self._run_target(item, frame, depth)
            case _:
                self._run(target, frame, depth)

    def _run_lambda(
        self, code: Function, frame: _Frame, arguments: tuple[Value, ...] | None, depth: int
    ) -> None:
        """Read the body of ``x -> …``, or of a ``do``, called with *arguments*."""
        names: dict[str, Value] = {}
        for index, item in enumerate(code.signature.positional):
            known = arguments is not None and index < len(arguments)
            names[item.name] = arguments[index] if arguments and known else Unknown(item.name)
        scope = frame.scope.binding(names)
        scope = scope.binding(self._assigned(code.statements, scope))
        self._sequence(code.statements, replace(frame, scope=scope), depth)

    def _run_index(self, code: Index, frame: _Frame, depth: int) -> None:
        table = self._evaluation.value(code.of, frame.scope)
        if isinstance(table, PreferencesDict) and len(code.indices) == 1:
            key = self._evaluation.value(code.indices[0], frame.scope)
            conditions = frame.conditions
            frame.steps.append(Read(table.owner, key, code.site, conditions, Recording.BASE))
        elif _is_environment(code.of) and len(code.indices) == 1:
            name = self._evaluation.value(code.indices[0], frame.scope)
            frame.steps.append(VariableRead(name, code.site, frame.conditions))
        self._run_all(code.children, frame, depth)

    # Calls

    def _run_macro(self, code: MacroCall, frame: _Frame, depth: int) -> None:
        names = code.names
        if names is not None and names[-1] in {"@require", "@testitem"}:
            self._skip((code,))  # Requires.jl: when the other package is loaded; TestItems.jl
            return
        if names is None:
            return
        meaning = resolve(frame.scope.module, names)
        macro = meaning.path[-1] if isinstance(meaning, Member) and meaning.path else names[-1]
        if isinstance(meaning, Member) and macro in WORKLOAD_MACROS.get(meaning.package, ()):
            frame.steps.append(WorkloadRun(meaning.package, macro, code.site, frame.conditions))
            condition = Condition(code.site, 0, 0, macro, workload=True)
            self._run_all(code.arguments, frame.under(condition), depth)
            return
        if names[-1] == "@eval":
            self._run_all(code.arguments, replace(frame, evaluating=True), depth)
            return
        if names[-1] == "@static" and frame.in_function:
            self._run_tests_of_static(code, frame, depth)
        known = self._effects_of_call(_Called(code, names, code.arguments), meaning, frame)
        if not known and names[-1] not in TRANSPARENT_MACROS:
            frame = frame.perhaps(code)
        arguments = _without_names(code.arguments, names)
        if self._takes_key(names[-1]):
            arguments = [item for item in arguments if not _is_text(item)]
        self._run_all(arguments, frame, depth)

    def _run_tests_of_static(self, code: MacroCall, frame: _Frame, depth: int) -> None:
        """Read the tests of a ``@static`` in a function.

        They run when the macro is expanded, in the module and not in the function, and whether
        the function is ever called or not (``base/osutils.jl``).
        """
        expanding = _Frame(Scope(frame.scope.module), (), self.top, self.top.executed, False)
        if frame.scope.quoted:
            expanding = expanding.perhaps(code)
        for argument in code.positional:
            match _unwrapped(argument):
                case If() as choice:
                    tests = [branch.condition for branch in choice.branches]
                case Operation(is_short_circuit=True) as choice:
                    tests = [choice.operands[0]]
                case _:
                    tests = []
            for test in filter(None, tests):
                self._run(test, expanding, depth)
                decided = self._evaluation.decide(test, expanding.scope)
                if decided:
                    break
                if decided is None:
                    expanding = expanding.perhaps(test)

    def _takes_key(self, name: str) -> bool:
        """Tell whether a text among the arguments of a call is the name of a preference."""
        return name in PREFERENCE_READERS or name in self.foreign or "preference" in name

    def _run_call(self, code: Call, frame: _Frame, depth: int) -> None:
        names = code.names
        if names is None:
            self._note_call(code.callee, code.positional)
            self._run_callee(code, frame, depth)
            names = self._run_computed(code, frame)
        elif names[-1] == "invokelatest" and code.positional:
            self._note_call(code.positional[0], code.positional[1:])
        elif isinstance(code.callee, Parametrized):
            self._run(code.callee, frame, depth)
        keywords = {item.name or str(item.value.start): item.value for item in code.keywords}
        call = _Called(code, names or ("",), code.positional, keywords)
        functions = [item for item in call.positional if _is_lambda(item)]
        evaluates = call.names[-1] == "eval"
        inner = replace(frame, evaluating=True) if evaluates else frame
        others = [n for n in call.positional if n not in functions and not isinstance(n, Name)]
        if self._takes_key(call.names[-1]):
            others = [n for n in others if not _is_text(n)]
        self._run_all(others, inner, depth)
        self._run_all(call.keywords.values(), inner, depth)
        for function in (*([code.block] if code.block is not None else ()), *functions):
            if isinstance(function, Function):
                self._run_passed(function, call, frame, depth)
        if names is not None and names[0] in frame.scope.local and len(names) == 1:
            return
        if names is not None:
            self._effects_of_call(call, resolve(frame.scope.module, names), frame)
            self._look_up(call, frame)
            self._take_reader(call, frame)
        self._effects_of_passed_names(call, frame)

    def _effects_of_passed_names(self, call: _Called, frame: _Frame) -> None:
        for argument in _without_names(call.positional, call.names):
            self._effects_of_passed_name(argument, call, frame)

    def _run_callee(self, code: Call, frame: _Frame, depth: int) -> None:
        """Read what computes the function that a call calls: ``(x -> …)(1)`` calls it at once."""
        callee = _unwrapped(code.callee)
        if _is_lambda(callee):
            values = tuple(self._evaluation.value(item, frame.scope) for item in code.positional)
            is_open = any(isinstance(item, Splat) for item in code.positional)
            self._run_all(callee.types, frame, depth)
            self._run_lambda(callee, frame, None if is_open else values, depth)
        else:
            self._run(code.callee, frame, depth)

    def _run_passed(self, function: Function, call: _Called, frame: _Frame, depth: int) -> None:
        """Read a function that is written in the arguments of a call."""
        self._run_all(function.types, frame, depth)
        name = call.names[-1]
        if name in _CALLS_ITS_FUNCTION:
            self._run_lambda(function, frame, None, depth)
            return
        arguments = None
        if name in _CALLS_FOR_EACH | _CALLS_FOR_SOME:
            others = [item for item in call.positional if item is not function]
            values = [self._evaluation.value(item, frame.scope) for item in others]
            arguments = tuple(element(value) for value in values)
            occurs = bool(values) and all(isinstance(v, Items) and v.items for v in values)
            if occurs and name in _CALLS_FOR_EACH:
                self._run_lambda(function, frame, arguments, depth)
                return
        text = f"the function passed to {name or '…'} is called"
        self._run_lambda(function, frame.perhaps(call.code, text), arguments, depth)

    def _effects_of_passed_name(self, argument: Code, call: _Called, frame: _Frame) -> None:
        """A function passed by name may be called."""
        names = name_of(argument)
        if names is None or not self.code.is_wanted(names[-1]) or names[0] in frame.scope.local:
            return
        meaning = resolve(frame.scope.module, names)
        if isinstance(meaning, tuple):
            definitions = tuple(item for item in meaning if isinstance(item, Definition))
            if definitions:
                self._add_passed(definitions, argument, call, frame)
        elif isinstance(meaning, Member) and meaning.package == "Preferences":
            called = meaning.path[-1] if meaning.path else ""
            if called in PREFERENCE_READERS:
                frame = frame.perhaps(call.code, f"{called} is called by {call.names[-1]}")
                code = Unknown(call.code.excerpt())
                self.followed.add((argument.source.path, argument.end))
                frame.steps.append(Read(code, code, call.code.site, frame.conditions))

    def _add_passed(
        self, definitions: tuple[Definition, ...], argument: Code, call: _Called, frame: _Frame
    ) -> None:
        """Add the calls that another function may make of one that is passed to it."""
        self.passed.update(definitions)
        caller = call.names[-1]
        others = tuple(item for item in call.positional if item is not argument)
        for_each = caller in _CALLS_FOR_EACH | _CALLS_FOR_SOME
        for_each &= argument is call.positional[0]
        values = tuple(self._evaluation.value(item, frame.scope) for item in others)
        occurs = for_each and all(isinstance(v, Items) and v.items for v in values)
        occurs &= caller in _CALLS_FOR_EACH
        if not occurs and caller not in _CALLS_ITS_FUNCTION:
            frame = frame.perhaps(call.code, f"{definitions[0].name} is called by {caller}")
        passed = tuple(element(value) for value in values) if for_each else None
        site = call.code.site
        frame.steps.append(
            LocalCall(definitions, Part.EXECUTED, passed, (), site, frame.conditions)
        )

    def _effects_of_call(self, call: _Called, meaning: Meaning | None, frame: _Frame) -> bool:
        """Add what a call does by what its name means; tell whether its arguments surely run."""
        if isinstance(meaning, tuple):
            definitions = tuple(item for item in meaning if isinstance(item, Definition))
            if definitions:
                self._add_local_call(definitions, call, frame)
            return False
        if isinstance(meaning, Member):
            return self._effects_of_member(call, meaning, frame)
        if frame.scope.quoted and call.names[-1] in PREFERENCE_READERS:
            # Code that is escaped: its names are looked up where the macro is used.
            self._add_read(call, call.names[-1], frame)
            return True
        if len(call.names) > 1 and call.names[-1] in PREFERENCE_READERS:
            if isinstance(resolve(frame.scope.module, call.names[:-1]), JuliaModule):
                self.followed.add((call.code.source.path, call.name_end))
                return False
            text = f"{'.'.join(call.names[:-1])} is Preferences"
            self._add_read(call, call.names[-1], frame.perhaps(call.code, text))
            return True
        if len(call.names) > 1:
            self._may_be_any(call.names[-1], call.code, frame)
            return False
        return self._effects_of_unknown(call, frame)

    def _effects_of_member(self, call: _Called, meaning: Member, frame: _Frame) -> bool:
        """Add what a call of something of another package does."""
        called = meaning.path[-1] if meaning.path else call.names[-1]
        if meaning.package == "Preferences" and called in PREFERENCE_READERS:
            self._add_read(call, called, frame)
            return True
        if meaning.package == BASE:
            self._add_base_call(call, called, frame)
        elif called in self.foreign:
            self._add_outside_call((meaning.package,), meaning.path, call, frame)
        return False

    def _effects_of_unknown(self, call: _Called, frame: _Frame) -> bool:
        """Add what a call of a name does of which the package's own code does not say what it is.

        It is Julia's own, or some package exports it that the module is using.
        """
        name = call.names[-1]
        outside = candidates(frame.scope.module)
        if name in PREFERENCE_READERS and outside:
            text = f"{name} comes from {' or '.join(outside)}"
            self._add_read(call, name, frame.perhaps(call.code, text))
            return True
        if name in self.foreign and outside:
            self._add_outside_call(outside, (name,), call, frame, exported=True)
            for used in used_submodules(frame.scope.module):
                text = f"{name} comes from {'.'.join((used.package, *used.path))}"
                inner = frame.perhaps(call.code, text)
                self._add_outside_call((used.package,), (*used.path, name), call, inner)
        self._add_base_call(call, name, frame)
        return False

    def _values(self, call: _Called, frame: _Frame) -> tuple[Value, ...]:
        values = tuple(self._evaluation.value(item, frame.scope) for item in call.positional)
        if call.for_each or (isinstance(call.code, Call) and call.code.is_broadcast):
            return tuple(element(v) if isinstance(v, Items) else v for v in values)
        return values

    def _keyword_values(self, call: _Called, frame: _Frame) -> tuple[tuple[str, Value], ...]:
        return tuple(
            (name, self._evaluation.value(item, frame.scope))
            for name, item in call.keywords.items()
        )

    def _add_local_call(
        self, definitions: tuple[Definition, ...], call: _Called, frame: _Frame
    ) -> None:
        self._local_calls += 1
        arguments = None if call.is_open else self._values(call, frame)
        keywords = self._keyword_values(call, frame)
        site = call.code.site
        made = LocalCall(definitions, Part.EXECUTED, arguments, keywords, site, frame.conditions)
        is_macro = definitions[0].is_macro
        self._add_made(made, frame, is_macro=is_macro)
        if is_macro:
            self._add_escaped_calls(definitions, call, frame)
        if frame.evaluating and not is_macro:  # eval(f()): the code that f returns runs
            frame.steps.append(replace(made, part=Part.EXPANDED))

    def _add_escaped_calls(
        self, macros: tuple[Definition, ...], call: _Called, frame: _Frame
    ) -> None:
        """Add calls of functions that a macro names in its code, and that the user's module has.

        A name in ``esc(…)`` means what it means where the macro is used.
        """
        for name in dict.fromkeys(name for macro in macros for name in self._names_in(macro)):
            meaning = resolve(frame.scope.module, (name,)) if self.code.is_wanted(name) else None
            if isinstance(meaning, tuple):
                found = tuple(item for item in meaning if isinstance(item, Definition))
                inner = frame.perhaps(call.code, f"{name} is called by {call.names[-1]}")
                if found and not found[0].is_macro:
                    site, conditions = call.code.site, inner.conditions
                    step = LocalCall(found, Part.EXECUTED, None, (), site, conditions)
                    frame.steps.append(step)

    def _names_in(self, macro: Definition) -> tuple[str, ...]:
        """Return the names of functions in the code that a macro returns; found once."""
        if macro not in self._quoted_names:
            self._quoted_names[macro] = tuple(dict.fromkeys(_quoted_names(macro)))
        return self._quoted_names[macro]

    def _add_made(self, made: LocalCall | OutsideCall, frame: _Frame, *, is_macro: bool) -> None:
        if frame.is_expanded:
            made = replace(made, expander=Expander())
        if not is_macro:
            frame.steps.append(made)
            return
        frame.steps.append(replace(made, part=Part.EXPANDED))
        # A macro's own body runs when the code that uses it is compiled, called or not.
        steps = self.top.executed if frame.in_function else frame.steps
        conditions = () if frame.in_function else frame.conditions
        steps.append(replace(made, conditions=conditions))

    def _add_outside_call(
        self,
        packages: tuple[str, ...],
        path: tuple[str, ...],
        call: _Called,
        frame: _Frame,
        *,
        exported: bool = False,
    ) -> None:
        made = OutsideCall(
            packages,
            path,
            Part.EXECUTED,
            None if call.is_open else self._values(call, frame),
            self._keyword_values(call, frame),
            call.code.site,
            frame.conditions,
            exported=exported,
        )
        self._add_made(made, frame, is_macro=path[-1].startswith("@"))

    def _add_base_call(self, call: _Called, name: str, frame: _Frame) -> None:
        site, scope = call.code.site, frame.scope
        if name == "__precompile__" and not frame.in_function:
            if [item.text for item in call.positional] == ["false"]:
                self.precompile_disabled = site
        elif name == "record_compiletime_preference" and len(call.positional) == 2:
            owner, key = self._values(call, frame)
            self.followed.add((call.code.source.path, call.name_end))
            frame.steps.append(Read(owner, key, site, frame.conditions))
        elif name in _TAKES_CODE and frame.in_function and not all(map(_is_text, call.positional)):
            self._add_unknown_code(call, frame)
        elif name in _LOOKS_UP and len(call.positional) > 1 and _is_environment(call.positional[0]):
            variable = self._evaluation.value(call.positional[1], scope)
            frame.steps.append(VariableRead(variable, site, frame.conditions))
        elif name in {"get", "haskey"} and len(call.positional) > 1:
            table, key = self._values(call, frame)[:2]
            if isinstance(table, PreferencesDict):
                default = None
                if len(call.positional) > 2:
                    default = call.positional[2].excerpt()
                frame.steps.append(
                    Read(table.owner, key, site, frame.conditions, Recording.BASE, default)
                )

    def _add_unknown_code(self, call: _Called, frame: _Frame) -> None:
        """Note that a function runs code that is not written there: it may read anything."""
        code = Unknown(call.code.excerpt())
        condition = Condition(call.code.site, 0, 0, "code of a text runs", unfollowed=True)
        frame.steps.append(Read(OWN, code, call.code.site, (*frame.conditions, condition)))

    def _add_read(self, call: _Called, reader: str, frame: _Frame) -> None:
        self._reads += 1
        scope = frame.scope
        self.followed.add((call.code.source.path, call.name_end))
        values = self._values(call, frame)
        arguments = call.positional
        if reader.startswith("@"):
            here: Value = Expander() if frame.is_expanded else OWN
            values, arguments = (here, *values), (call.code, *arguments)
        unknown = Unknown(call.code.excerpt())
        before = takewhile(
            lambda pair: not isinstance(pair[1], Splat), zip(values, arguments, strict=True)
        )
        owner, key = [*(value for value, _ in before), unknown, unknown][:2]
        default = arguments[2].excerpt() if len(arguments) > 2 else None
        recording = Recording.RECORDED
        for option in (Recording.DISABLED, Recording.DEFAULT):
            code = call.keywords.get(option.value)
            if code is None:
                continue
            decided = self._evaluation.decide(code, scope)
            if decided:
                recording = option
            elif decided is None:
                frame = frame.perhaps(code, f"not {option.value}")
        site = call.code.site
        frame.steps.append(Read(owner, key, site, frame.conditions, recording, default))


_RUNNERS: dict[type[Code], Callable[[EffectReader, Any, _Frame, int], None]] = {
    ImportStatement: EffectReader._run_nothing,
    ExportStatement: EffectReader._run_nothing,
    Module: EffectReader._run_nothing,
    Struct: EffectReader._run_struct,
    Function: EffectReader._run_function,
    Quote: EffectReader._run_quote,
    Interpolation: EffectReader._run_interpolation,
    If: EffectReader._run_if,
    Operation: EffectReader._run_operation,
    For: EffectReader._run_for,
    Comprehension: EffectReader._run_comprehension,
    While: EffectReader._run_while,
    Catch: EffectReader._run_catch,
    Clause: EffectReader._run_catch,
    Let: EffectReader._run_let,
    Assignment: EffectReader._run_assignment,
    MacroCall: EffectReader._run_macro,
    Call: EffectReader._run_call,
    Index: EffectReader._run_index,
    Block: EffectReader._run_block,
    Name: EffectReader._run_name,
    String: EffectReader._run_string,
}


def _is_of_block(target: Code, scope: Scope) -> bool:
    """Tell whether a variable of a block is assigned, whose calls are not followed."""
    return isinstance(target, Name) and target.names[0] in scope.local


def _is_alias(target: Code, scope: Scope) -> bool:
    """Tell whether what is assigned to is a name in the module, for a function or a module."""
    names = name_of(target)
    if names is None or names[0] in scope.local:
        return False
    return resolve(scope.module, names) is not None


def _interpolated(quoted: Code) -> Iterator[Code]:
    """Yield what quoted code interpolates: ``$x``, ``"$($x)"`` in a text, ``:($($x))`` in a quote.

    A text that is quoted is put together when the code runs, a quote in a quote is one more to
    get out of.
    """
    pending = [(quoted, 1)]
    while pending:
        code, quotes = pending.pop()
        for found in code.search(Code, skip=(Interpolation, String, Quote)):
            match found:
                case Interpolation() if quotes <= found.quotes:
                    yield found
                case Interpolation():
                    pending += ((child, quotes - found.quotes) for child in found.children)
                case Quote():
                    pending += ((child, quotes + 1) for child in found.children)
                case String():
                    pending += ((piece, quotes) for piece in found.interpolations)


def _quoted_names(macro: Definition) -> Iterator[str]:
    """Yield the names of functions in the code that a macro returns."""
    for code in macro.body:
        for quoted in code.search(Quote):
            if quoted.symbol is not None:
                yield quoted.symbol
            for call in quoted.search(Call):
                if call.names is not None and len(call.names) == 1:
                    yield call.names[0]


def _without_names(arguments: Sequence[Code], called: tuple[str, ...]) -> Sequence[Code]:
    """Return the arguments of a call without the functions that it only names."""
    if called[-1] not in ONLY_NAMES:
        return arguments
    return [item for item in arguments if not isinstance(item, Name)]


def _unwrapped(code: Code) -> Code:
    """Return the code within parentheses."""
    while isinstance(code, Block) and len(code.statements) == 1:
        code = code.statements[0]
    return code


def _is_text(code: Code) -> bool:
    """Tell whether an argument is plain text."""
    return isinstance(code, String) and code.macro is None and not code.interpolations


def _is_environment(code: Code) -> bool:
    """Tell whether code means Julia's table of environment variables."""
    return name_of(code) in {("ENV",), ("Base", "ENV")}


def _is_lambda(code: Code) -> TypeGuard[Function]:
    """Tell whether an argument is a function that is written there: ``x -> …``."""
    return isinstance(code, Function) and code.is_anonymous
