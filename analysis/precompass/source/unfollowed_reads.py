"""Reads of preferences that the source does not show to happen, and not to happen either.

The reader follows calls by name. What it does not follow, it must not deny: a reader of
preferences that is named in code of another kind (in the type of an argument, as a symbol, in
text that is parsed), and a function that other code gets hold of without calling it by name: as a
value, by its symbol (``getfield(@__MODULE__, :f)()``), in text that is parsed.
So too what makes the code of a ``@generated`` function: Julia runs it wherever a call is inferred,
for a ``precompile`` or for ``__init__`` for example, though nothing calls the function.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Collection, Iterable, Iterator

import msgspec
from msgspec.structs import replace

from precompass.source.absent_code import MACROS_OF_JULIA
from precompass.source.closure import Closure
from precompass.source.effects import WORKLOAD_MACROS, Effect, EffectReader, Read
from precompass.source.modules import (
    BASE,
    PREFERENCE_READERS,
    Condition,
    Definition,
    JuliaModule,
    Member,
    Statement,
    candidates,
    is_nameless,
    resolve,
)
from precompass.source.syntax import (
    Call,
    Code,
    ExportStatement,
    Function,
    ImportStatement,
    JuliaSource,
    MacroCall,
    Name,
    Offsets,
    Operation,
    Quote,
    String,
    name_of,
)
from precompass.source.used_types import methods_of_used_types
from precompass.source.values import OWN, Text, Unknown, Value

_RECORDERS = PREFERENCE_READERS | {"record_compiletime_preference"}
_WORDS = (b"load_preference", b"has_preference", b"record_compiletime_preference")
_WORKLOADS = frozenset(name for names in WORKLOAD_MACROS.values() for name in names)
_CALLED_BY_SYNTAX = frozenset(
    {"getproperty", "setproperty!", "getindex", "setindex!", "iterate", "convert", "propertynames"}
)
"""Functions that code calls without naming them: ``x.a``, ``x[i]``, ``for`` loops, fields."""
_SHOWS = frozenset({"string", "repr", "print", "println", "sprint", "display", "summary", "show"})
_CALLED_BY = {
    "show": _SHOWS,
    "print": _SHOWS,
    "summary": _SHOWS,
    "hash": frozenset({"Dict", "Set", "IdDict", "unique", "in", "get!", "push!", "haskey", "get"}),
    "promote_rule": frozenset({"promote", "promote_type", "vcat", "hcat", "sum", "+", "*"}),
    "isless": frozenset({"sort", "sort!", "minimum", "maximum", "min", "max", "sortperm"}),
}
"""Functions of Base that others of Base call."""
_CALLED_BY_OPERATOR = frozenset({"+", "*"})
_NEAR = 1
"""Functions between such a method and what it reads: ``length`` of an array on a GPU leads to all
of the package, and is not meant where a text is measured."""
_PARSES = frozenset({"include_string", "parseall", "parseatom", "parsestmt"})
_PARSING_WORDS = (b"include_string", b"Meta.parse")
_LOOKS_UP = frozenset({"getfield", "getglobal", "getproperty"})
_SHOWS = frozenset({"display", "join", "print", "println", "repr", "show", "sprint", "string"})
_SHOWN_BY = frozenset({"show", "print"})
"""Methods of Base that text is made with: where a value is put into one, and nobody names them."""
_LOGS = frozenset({"@debug", "@error", "@info", "@show", "@warn"})
_WORD = re.compile(r"[^\W\d]\w*!?")
_READER = re.compile(rb"load_preference|has_preference|record_compiletime_preference")
_SYMBOL = re.compile(rb":[ \t]*([A-Za-z_\x80-\xff][\w\x80-\xff]*!?)|\bSymbol\b")
"""What writes a symbol: ``:f``, ``Symbol("f")``."""
_ALL_NAMES = re.compile(rb"\bnames\b")
_OF_ALL_NAMES = frozenset({"all", "imported"})
_LOOKUP = re.compile(rb"\bget(?:field|global|property)\b")


class _Spans:
    """Parts of a file, by offsets: from, to."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def hold(self, offset: int) -> bool:
        """Tell whether an offset is in one of the parts."""
        before = bisect.bisect_right(self._starts, offset)
        return before > 0 and offset < self._ends[before - 1]


def unfollowed_reads(reader: EffectReader, closure: Closure) -> Iterator[Effect]:
    """Yield what a package may read while it compiles though no followed code does."""
    # Where not all was followed, which is reported, anything may be read.
    for source in reader.code.sources.values() if not reader.found_most else ():
        yield from _mentions(source, reader)
    if reader.exhausted:
        return
    own = {one.name for one in closure.formals if not one.extends and closure.of(one)}
    methods = [
        one
        for one in closure.formals
        if one.extends and any(_is_near(effect, one) for effect in closure.of(one))
    ]
    called, packages = _called(reader, methods)
    uses_others = bool(packages) or (bool(methods) and _uses_macros_of_others(reader))
    of_used_types = methods_of_used_types(reader, methods, _WORKLOADS, uses_others=uses_others)
    handed_out = _handed_out(reader, own)
    for definition in closure.formals:
        is_called = definition.name in called or definition.package in packages
        is_called |= not called.isdisjoint(_called_by(definition)) or definition in of_used_types
        is_method = definition.extends and (is_called or _is_syntax(definition))
        is_handed_out = definition.name in handed_out or _is_operator(definition)
        is_value = definition in reader.escaped or (
            is_handed_out and not definition.extends and not definition.is_macro
        )
        if is_value or is_method or definition.is_generated:
            verb = "inferred" if definition.is_generated else "called"
            text = f"{definition.name} is {verb}"
            condition = Condition(definition.code.site, 0, 0, text, unfollowed=True)
            for effect in closure.of(definition):
                if is_method and not (definition.is_generated or _is_near(effect, definition)):
                    continue
                yield replace(effect, conditions=(condition, *effect.conditions), unless=None)


def _is_near(effect: Effect, method: Definition) -> bool:
    """Tell whether what a method leads to counts: far away only if no other package calls it."""
    return len(effect.via) <= _NEAR or is_nameless(method.name)


def _called_by(definition: Definition) -> frozenset[str]:
    """Return the functions of Base that call a method."""
    return _CALLED_BY.get(definition.name, frozenset())


def _is_syntax(definition: Definition) -> bool:
    return definition.name in _CALLED_BY_SYNTAX or _is_operator(definition)


def _is_operator(definition: Definition) -> bool:
    return not (definition.name[:1].isalpha() or definition.name[:1] in {"_", "@", "("})


def _called(reader: EffectReader, methods: Collection[Definition]) -> tuple[set[str], set[str]]:
    """Return the names that code of the top level calls, and the other packages that it calls.

    A function of another package may call the methods that this package gives it. What a workload
    reaches is not meant: its reads count only where the workload runs. Only what may concern some
    *methods* is looked for.
    """
    names: set[str] = set()
    packages: set[str] = set()
    if not methods:
        return names, packages
    by_operator = any(not _CALLED_BY_OPERATOR.isdisjoint(_called_by(one)) for one in methods)
    meant: dict[tuple[JuliaModule, tuple[str, ...]], tuple[str, ...]] = {}
    for statement in reader.code.statements:
        workloads = _Spans(
            (one.start, one.end)
            for one in statement.code.search(MacroCall)
            if one.names is not None and one.names[-1] in _WORKLOADS
        )
        names.update(_called_by_syntax(statement.code, workloads, operators=by_operator))
        for call in statement.code.search(Call, skip=(Function, Quote)):
            if call.names is not None and not workloads.hold(call.start):
                names.add(call.names[-1])
                place = statement.module, call.names
                if place not in meant:
                    meant[place] = _packages(*place)
                packages.update(meant[place])
        if _shows(statement.code):
            names |= _SHOWN_BY
    return names, packages


def _uses_macros_of_others(reader: EffectReader) -> bool:
    """Tell whether code of the top level uses a macro that may be of another package."""
    return any(
        macro.names is None
        or (macro.names[-1] not in MACROS_OF_JULIA and _packages(statement.module, macro.names))
        for statement in reader.code.statements
        for macro in statement.code.search(MacroCall, skip=(Function, Quote))
    )


def _packages(module: JuliaModule, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the other packages of which a name may mean something."""
    meaning = resolve(module, names)
    if isinstance(meaning, Member) and meaning.package != BASE:
        return (meaning.package,)
    return candidates(module) if meaning is None and len(names) == 1 else ()


def _shows(statement: Code) -> bool:
    """Tell whether a statement of the top level makes a text of values."""
    later = (Function, Quote)
    return (
        any(
            call.names is not None and call.names[-1] in _SHOWS
            for call in statement.search(Call, skip=later)
        )
        or any(
            call.names is not None and call.names[-1] in _LOGS
            for call in statement.search(MacroCall, skip=later)
        )
        or any(text.interpolations for text in statement.search(String, skip=later))
    )


def _handed_out(reader: EffectReader, names: Collection[str]) -> set[str]:
    """Return the functions that code may call by a symbol, or in text that it parses.

    Symbols count where the top level has them, and in functions if some code looks up by symbols.
    """
    if not names:
        return set()
    found: set[str] = set()
    in_functions: set[str] = set()
    looks_up = False
    places = {source: _places(source, names) for source in reader.code.sources.values()}
    statements = [statement.code for statement in reader.code.statements]
    for one in reader.code.statements:
        here = places[one.code.source]
        found.update(_symbols(one.code, names, here.symbols, skip=(Function,)))
        found.update(_looked_up(one, here.all_names, names, reader))
    for code in (*statements, *(definition.code for definition in reader.code.definitions)):
        in_functions.update(_symbols(code, names, places[code.source].symbols))
        looks_up = looks_up or any(
            call.names is not None and call.names[-1] in _LOOKS_UP
            for call in code.search(Call, around=places[code.source].lookups)
        )
    for source in reader.code.sources.values():
        if any(word in source.data for word in _PARSING_WORDS):
            for statement in source.statements:
                found.update(_words_parsed(statement, names))
    return found | in_functions if looks_up else found


class _Places(msgspec.Struct, frozen=True):
    """Where the text of a file may have what is looked for: elsewhere nothing of it is.

    Attributes:
        symbols: what may be the symbol of a function that matters.
        lookups: the names of functions that look up names.
        all_names: the name of the function that gives all names of a module.
    """

    symbols: Offsets
    lookups: Offsets
    all_names: Offsets


def _places(source: JuliaSource, names: Collection[str]) -> _Places:
    words = {name.encode("utf-8", "replace") for name in names}
    symbols = tuple(
        match.start()
        for match in _SYMBOL.finditer(source.data)
        if match[1] is None or match[1] in words
    )
    return _Places(
        Offsets(symbols),
        Offsets.of(_LOOKUP, source.data),
        Offsets.of(_ALL_NAMES, source.data),
    )


def _symbols(
    code: Code, names: Collection[str], places: Offsets, skip: tuple[type[Code], ...] = ()
) -> Iterator[str]:
    for quoted in code.search(Quote, skip=skip, around=places):
        symbol = quoted.symbol
        if symbol is not None and symbol in names:
            yield symbol
    for call in code.search(Call, skip=skip, around=places):
        if call.names is not None and call.names[-1] == "Symbol" and len(call.positional) == 1:
            text = _text(call.positional[0])
            if text is not None and text in names:
                yield text


def _words_parsed(statement: Code, names: Collection[str]) -> Iterator[str]:
    """Yield the names in texts that code parses; where the top level computes one, all names."""
    for call in statement.search(Call):
        if call.names is not None and _parses(call.names):
            for text in call.search(String):
                for piece in text.pieces:
                    if isinstance(piece, str):
                        yield from (word for word in _WORD.findall(piece) if word in names)
    for call in statement.search(Call, skip=(Function, Quote)):
        is_parsing = call.names is not None and _parses(call.names)
        if is_parsing and not any(map(_text, call.positional)):
            yield from names


def _looked_up(
    statement: Statement, all_names: Offsets, names: Collection[str], reader: EffectReader
) -> set[str]:
    """Return the functions that a statement of the top level may look up among all names.

    Of a module of the package, they are those that it defines or imports; of any other, all.
    """
    code = statement.code
    if not all_names.any_between(code.start, code.end):
        return set()
    calls = [call for call in code.search(Call, skip=(Function,)) if call.names is not None]
    if not any((call.names or ("",))[-1] in _LOOKS_UP for call in calls):
        return set()
    found: set[str] = set()
    for call in calls:
        if (call.names or ("",))[-1] == "names":
            found.update(_names_of(call, statement.module, names, reader))
    return found


def _names_of(
    call: Call, module: JuliaModule, names: Collection[str], reader: EffectReader
) -> Iterable[str]:
    """Return which functions a call of ``names`` gives."""
    of = name_of(call.positional[0]) if call.positional else None
    meant = resolve(module, of) if of is not None else None
    is_plain = all(keyword.name in _OF_ALL_NAMES for keyword in call.keywords)
    if not isinstance(meant, JuliaModule) or not is_plain or _is_evaluated_in(meant, reader):
        return names
    bound = meant.definitions.keys() | meant.imports.keys() | meant.values.keys()
    return bound & set(names)


def _is_evaluated_in(module: JuliaModule, reader: EffectReader) -> bool:
    """Tell whether code may define something in a module from outside: ``@eval Inner f() = 1``.

    A module in a variable may be any: ``Core.eval(m, :(f() = 1))``.
    """
    name = re.escape(module.name.encode("utf-8", "replace"))
    evaluation = re.compile(
        rb"\beval[ \t]*\(?[ \t]*(?:[\w\x80-\xff]+\.)*"
        + name
        + rb"\b|\b"
        + name
        + rb"\.(?:eval|include)|\beval\([ \t]*[\w\x80-\xff]+[ \t]*,"
    )
    return any(evaluation.search(source.data) for source in reader.code.sources.values())


def _called_by_syntax(code: Code, workloads: _Spans, *, operators: bool) -> Iterator[str]:
    """Yield the functions that code calls without naming them: operators, interpolation."""
    for text in code.search(String, skip=(Function, Quote)):
        if text.interpolations and not workloads.hold(text.start):
            yield "string"
    for operation in code.search(Operation, skip=(Function, Quote)) if operators else ():
        if not workloads.hold(operation.start):
            yield operation.operator


def _mentions(source: JuliaSource, reader: EffectReader) -> Iterator[Read]:
    """Yield a read for each place that names a reader of preferences and was not followed."""
    if not any(word in source.data for word in _WORDS):
        return
    own = {item.name.removeprefix("@") for item in reader.code.definitions if not item.extends}
    places = Offsets.of(_READER, source.data)
    named: dict[int, Code] = {}
    for code in _named(source, places):
        is_followed = (source.path, code.end) in reader.followed
        if not is_followed and code.text.rpartition(".")[2].removeprefix("@") not in own:
            named.setdefault(code.end, code)
    if not named:
        return
    skipped = [(start, end) for path, start, end in reader.skipped if path == source.path]
    skipped += [(code.start, code.end) for code in _importing(source, places)]
    spans = _Spans(skipped)
    calls: dict[int, Call | MacroCall] = {}
    for statement in source.statements:
        calls.update({call.callee.end: call for call in statement.search(Call, around=places)})
        calls.update({call.name_end: call for call in statement.search(MacroCall, around=places)})
    for end, code in named.items():
        if not spans.hold(code.start):
            yield _read(code, calls.get(end))


def _named(source: JuliaSource, places: Offsets) -> Iterator[Code]:
    """Yield the code that names a reader of preferences: names, symbols, and text to be parsed."""
    for statement in source.statements:
        for name in statement.search(Name, around=places):
            if name.names[-1] in _RECORDERS:
                yield name
        for text in statement.search(String, around=places):
            if text.pieces and text.pieces[0] in _RECORDERS:
                yield text
        for call in statement.search(Call, around=places):
            if call.names is not None and _parses(call.names) and _is_in_a_text(call):
                yield call


def _importing(source: JuliaSource, places: Offsets) -> Iterator[Code]:
    """Yield imports and exports; code that is interpolated there runs."""
    for statement in source.statements:
        yield from (one for one in statement.search(ImportStatement, around=places) if one.is_plain)
        yield from (one for one in statement.search(ExportStatement, around=places) if one.is_plain)


def _parses(names: tuple[str, ...]) -> bool:
    return names[-1] in _PARSES or names[-2:] == ("Meta", "parse")


def _is_in_a_text(call: Call) -> bool:
    return any(word in text.data for text in call.search(String) for word in _WORDS)


def _read(named: Code, call: Call | MacroCall | None) -> Read:
    """Return the read that a name in unfollowed code may mean."""
    site = named.site
    owner: Value = Unknown(named.excerpt())
    key: Value = owner
    if call is not None:
        is_macro = isinstance(call, MacroCall)
        owner = OWN if is_macro else owner
        texts = call.positional[:1] if is_macro else call.positional[1:2]
        key = next((Text(text) for text in map(_text, texts) if text is not None), key)
        site = call.site
    condition = Condition(site, 0, 0, "this code runs", unfollowed=True)
    return Read(owner, key, site, (condition,))


def _text(code: Code) -> str | None:
    if isinstance(code, String) and not code.prefix and not code.interpolations:
        return "".join(map(str, code.pieces))
    return None
