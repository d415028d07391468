"""What expressions of Julia code come to, as far as that can be told without running them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from precompass.julia.uuids import parse_uuid
from precompass.julia.versions import VersionNumber
from precompass.source.modules import (
    BASE,
    Condition,
    GlobalValue,
    JuliaModule,
    Meaning,
    Member,
    lookup,
    resolve,
)
from precompass.source.preference_conditions import NOTHING, OwnPreference, PreferenceTest
from precompass.source.syntax import (
    Assignment,
    Binding,
    Block,
    Boolean,
    Call,
    Code,
    Collection,
    Comprehension,
    Content,
    Declaration,
    Exit,
    Field,
    If,
    Index,
    Integer,
    Interpolation,
    Let,
    MacroCall,
    Name,
    Named,
    Operation,
    Quote,
    Splat,
    String,
    Typed,
    name_of,
)
from precompass.source.values import (
    OWN,
    Each,
    Either,
    Expander,
    Items,
    Joined,
    PackageModule,
    PackageUuid,
    Parameter,
    PreferencesDict,
    Text,
    Unknown,
    Value,
    either,
    element,
    is_large,
    join,
    part,
)

_MAX_DEPTH = 40
_MAX_ITEMS = 1_000
_MAX_RANGE = 64
_MAX_STEPS = 500_000
_OLDEST = VersionNumber((1, 6, 0))

_SAME_PACKAGE = frozenset({"PkgId", "get_uuid", "moduleroot", "parentmodule", "identify_package"})
_SAME_VALUE = frozenset(
    {"String", "Symbol", "Ref", "esc", "identity", "something", "collect", "Tuple", "Set", "sort"}
    | {"Some", "QuoteNode", "tuple", "unique", "reverse", "normpath", "abspath", "realpath"}
)
_SAME_PREFERENCE = frozenset({"identity", "something", "esc"})
_MAKE_TEXT = frozenset({"string", "String", "Symbol"})


class Scope(msgspec.Struct, frozen=True):
    """Where an expression is.

    Attributes:
        local: what is known of local variables and parameters.
        quoted: whether it is code that a macro returns, to run where the macro is used.
    """

    module: JuliaModule
    local: Mapping[str, Value] = msgspec.field(default_factory=lambda: MappingProxyType({}))
    quoted: bool = False

    def binding(self, names: Mapping[str, Value]) -> Scope:
        """Return the scope with more local variables."""
        return replace(self, local={**self.local, **names}) if names else self


class Arm(msgspec.Struct, frozen=True):
    """One way through an ``if``: its statements, and the condition under which it is taken.

    ``condition`` is None where it is certainly taken.
    """

    statements: tuple[Code, ...]
    condition: Condition | None


class Evaluation:
    """Evaluates expressions of one package; counts its steps, and gives up after too many.

    Args:
        is_changed: tells whether code of the package may add to a collection of that name.
    """

    def __init__(self, is_changed: Callable[[str], bool] = lambda _: False) -> None:
        self.steps = 0
        self._is_changed = is_changed
        self._of_globals: dict[int, tuple[int, Code, Value]] = {}
        """By the identity of its code: how deep in others a value was computed, and the value."""

    @property
    def exhausted(self) -> bool:
        """Whether so much was evaluated that the rest is taken to be unknown."""
        return self.steps > _MAX_STEPS

    def value(self, code: Code, scope: Scope, depth: int = 0) -> Value:
        """Return what an expression comes to."""
        self.steps += 1
        evaluate = _VALUES.get(type(code))
        if evaluate is None or depth > _MAX_DEPTH or self.exhausted:
            return Unknown(code.excerpt())
        value = evaluate(self, code, scope, depth + 1)
        return Unknown(code.excerpt()) if value is None or is_large(value) else value

    def _of_global(self, item: GlobalValue, depth: int) -> Value:
        """Return the value of a global variable, computed once: others may name it many times.

        What was computed less deep in others is at least as exact.
        """
        known = self._of_globals.get(id(item.code))
        if known is not None and known[0] <= depth:
            self.steps += 1
            return known[2]
        value = self.value(item.code, Scope(item.module), depth)
        if not self.exhausted:
            self._of_globals[id(item.code)] = depth, item.code, value
        return value

    def of_meaning(self, meaning: Meaning | None, depth: int = 0) -> Value | None:
        """Return the value of what a name means; None for functions and the like."""
        if isinstance(meaning, JuliaModule):
            return OWN
        if isinstance(meaning, Member):
            return PackageModule(meaning.package) if meaning.package != BASE else None
        if not meaning:
            return None
        values = [item for item in meaning if isinstance(item, GlobalValue)]
        found = []
        for item in values[:_MAX_RANGE]:
            value = self._of_global(item, depth + 1)
            if isinstance(value, OwnPreference) and not item.is_constant:
                value = Unknown(item.code.excerpt())  # a function may change it
            found.append(value if item.index is None else part(value, item.index))
        if len(values) > _MAX_RANGE:
            found.append(Unknown("…"))
        return either(tuple(found)) if found else None

    # Each class of code that has a value

    def _string(self, code: String, scope: Scope, depth: int) -> Value | None:
        if code.prefix not in {"", "raw"} or len(code.pieces) > _MAX_ITEMS:
            return None
        return join(
            tuple(
                Text(piece) if isinstance(piece, str) else _as_text(self.value(piece, scope, depth))
                for piece in code.pieces
            )
        )

    def _integer(self, code: Integer, _scope: Scope, _depth: int) -> Value | None:
        return Text(code.text)

    def _symbol(self, code: Quote, _scope: Scope, _depth: int) -> Value | None:
        return Text(code.symbol) if code.symbol is not None else None

    def _first(self, code: Code, scope: Scope, depth: int) -> Value | None:
        return self.value(code.children[0], scope, depth) if code.children else None

    def _last(self, code: Code, scope: Scope, depth: int) -> Value | None:
        return self.value(code.children[-1], scope, depth) if code.children else None

    def _interpolation(self, code: Interpolation, scope: Scope, depth: int) -> Value | None:
        return self._first(code, replace(scope, quoted=False), depth)

    def _field(self, code: Field, scope: Scope, depth: int) -> Value | None:
        value = self.value(code.of, scope, depth)  # Base.PkgId(x).uuid
        return value if not isinstance(value, Unknown | Text) else None

    def _name(self, code: Name, scope: Scope, depth: int) -> Value | None:
        names = code.names
        if names[0] == "__module__" and "__module__" not in scope.local:
            return Expander()
        if names[0] in scope.local:
            value = scope.local[names[0]]
            if len(names) == 1:
                return self._with_additions(value, names[0])
            if names[1:] == ("uuid",) and not isinstance(value, Unknown):
                return value
            return None
        meaning = resolve(scope.module, names)
        if meaning is None and names[-1] == "uuid" and len(names) > 1:
            return self.of_meaning(resolve(scope.module, names[:-1]), depth)
        found = self.of_meaning(meaning, depth)
        return None if found is None else self._with_additions(found, names[-1])

    def _with_additions(self, value: Value, name: str) -> Value:
        """Return the value of a variable, open at its end where code may add to a collection."""
        if isinstance(value, Items) and value.items and self._is_changed(name):
            return Items((*value.items, Unknown(f"what is added to {name}")))
        return value

    def _macro(self, code: MacroCall, scope: Scope, depth: int) -> Value | None:
        names = code.names
        match names[-1] if names else None:
            case "@load_preference" if names is not None and not scope.quoted:
                return self._preference(names, code.arguments, scope, depth)
            case "@__MODULE__":
                return Expander() if scope.quoted else OWN
            case "@__DIR__":
                return Text(str(code.source.path.parent))
            case "@__FILE__":
                return Text(str(code.source.path))
            case _:
                return None

    def _collection(self, code: Collection, scope: Scope, depth: int) -> Value | None:
        if len(code.items) > _MAX_ITEMS:
            return None
        return Items(tuple(self.value(item, scope, depth) for item in code.items))

    def _operation(self, code: Operation, scope: Scope, depth: int) -> Value | None:
        match code.operator:
            case ":":
                return _range(code.operands)
            case "=>":
                return Items(tuple(self.value(item, scope, depth) for item in code.operands))
            case "*" if len(code.operands) == 2:
                both = tuple(self.value(item, scope, depth) for item in code.operands)
                return None if any(isinstance(item, Unknown) for item in both) else join(both)
            case _:
                return None

    def _if(self, code: If, scope: Scope, depth: int) -> Value | None:
        arms = self.arms(code, scope, depth)
        results = [arm.statements[-1] for arm in arms if arm.statements]
        if not results:
            return None
        return either(tuple(self.value(result, scope, depth) for result in results))

    def _comprehension(self, code: Comprehension, scope: Scope, depth: int) -> Value | None:
        for clause in code.clauses:
            if not clause.bindings:
                return None
            scope, _ = self.loop(clause.bindings, scope, depth)
        if len(code.values) != 1:
            return None
        value = self.value(code.values[0], scope, depth)
        return Items(value.values) if isinstance(value, Each) else Items((value,))

    def _index(self, code: Index, scope: Scope, depth: int) -> Value | None:
        collection = self.value(code.of, scope, depth)
        if isinstance(collection, Items) and len(code.indices) == 1:
            text = code.indices[0].text
            if text.isascii() and text.isdecimal() and 0 < int(text[:9]) <= len(collection.items):
                return collection.items[int(text[:9]) - 1]
            return either(collection.items) if collection.items else None
        return None

    def _call(self, code: Call, scope: Scope, depth: int) -> Value | None:
        names, arguments = code.names, code.positional
        if names is None:
            return None
        meaning = lookup(scope.module, names[0])
        if isinstance(meaning, tuple) and meaning and not isinstance(meaning[0], GlobalValue):
            return self._own_call(names, code, scope, depth)
        if names[-1] == "load_preference" and arguments:
            owner = self.value(arguments[0], scope, depth)
            if owner != OWN:
                return None
            return self._preference(names, arguments[1:], scope, depth)
        if len(arguments) == 1 and isinstance(arguments[0], Comprehension):
            generated = self._comprehension(arguments[0], scope, depth)
            return generated if names[-1] in {*_SAME_VALUE, "Dict"} else None
        if len(arguments) > _MAX_ITEMS:
            return None
        values = tuple(self.value(item, scope, depth) for item in arguments)
        return _known_function(names[-1], values)

    def _own_call(
        self, names: tuple[str, ...], code: Call, scope: Scope, depth: int
    ) -> Value | None:
        # The package's own function: not followed for its value. But what is called something
        # like cached_uuid(m) is likely to return the UUID of m.
        if "uuid" not in names[-1].lower() or len(code.positional) != 1:
            return None
        likely = _owner(self.value(code.positional[0], scope, depth))
        if likely is None:
            return None
        return either((likely, Unknown(code.callee.excerpt() + "(…)")))

    def _preference(
        self, names: tuple[str, ...], arguments: tuple[Code, ...], scope: Scope, depth: int
    ) -> OwnPreference | None:
        """Return what a call for a preference of the package itself gives: key, and default."""
        is_own_function = isinstance(lookup(scope.module, names[0]), tuple)
        if is_own_function or not 0 < len(arguments) < 3:
            return None
        key = self.value(arguments[0], scope, depth)
        default = _literal(arguments[1]) if len(arguments) > 1 else NOTHING
        return OwnPreference(key.value, default) if isinstance(key, Text) else None

    def loop(
        self, bindings: tuple[Binding, ...], scope: Scope, depth: int = 0
    ) -> tuple[Scope, Condition | None]:
        """Return the scope inside a loop, and a condition where it may run not even once."""
        condition: Condition | None = None
        for binding in bindings:
            collection = self.value(binding.value, scope, depth)
            if not (isinstance(collection, Items) and collection.items):
                code = binding.code
                condition = Condition(code.site, 0, 0, "for " + code.excerpt())
            scope = scope.binding(bound_names(binding.target, element(collection)))
        return scope, condition

    # Conditions

    def decide(self, code: Code, scope: Scope, depth: int = 0) -> bool | None:
        """Tell whether a condition holds while a package compiles; None: it depends."""
        if depth > _MAX_DEPTH:
            return None
        match code:
            case Boolean():
                return code.value
            case Block() | Interpolation() if len(code.children) == 1:
                return self.decide(code.children[0], scope, depth + 1)
            case Operation(operator="!") if code.operands:
                inner = self.decide(code.operands[-1], scope, depth + 1)
                return None if inner is None else not inner
            case Operation() if len(code.operands) == 2:
                return self._decide_binary(code, scope, depth + 1)
            case Call(names=(*_, name)) if name.endswith("generating_output"):
                return True
            case _:
                return None

    def _decide_binary(self, code: Operation, scope: Scope, depth: int) -> bool | None:
        left, right = code.operands
        operator = code.operator
        if code.is_short_circuit:
            wins = operator == "||"  # the value that settles it
            sides = [self.decide(child, scope, depth) for child in (left, right)]
            if wins in sides:
                return wins
            return None if None in sides else not wins
        if operator in {">=", ">", "<", "<="}:
            return _decide_version(left, operator, right)
        # ccall(:jl_generating_output, Cint, ()) == 1
        if operator in {"==", "!=", "===", "!=="}:
            call = b"".join(left.data.split())
            if call.startswith(b"ccall(:jl_generating_output,"):
                equal = right.data == b"1"
                return equal if operator.startswith("=") else not equal
        return None

    def tests(
        self, code: Code, scope: Scope, depth: int = 0, *, holds: bool
    ) -> tuple[PreferenceTest, ...]:
        """Return what has to hold of the package's own preferences for a condition, if known.

        Args:
            code: the condition.
            scope: its place.
            depth: how deep in other values.
            holds: whether it is to hold, or not to.
        """
        test = self._test(code, scope, depth)
        if test is None:
            return ()
        return (test if holds else test.negated,)

    def _test(self, code: Code, scope: Scope, depth: int = 0) -> PreferenceTest | None:
        if depth > _MAX_DEPTH:
            return None
        match code:
            case Block() if len(code.statements) == 1:
                return self._test(code.statements[0], scope, depth + 1)
            case Operation(operator="!") if code.operands:
                inner = self._test(code.operands[-1], scope, depth + 1)
                return inner.negated if inner is not None else None
            case Operation() if len(code.operands) == 2:
                return self._comparison(code, scope, depth + 1)
            case MacroCall(names=(*_, "@has_preference")) if not scope.quoted:
                found = self._preference(code.names or (), code.arguments, scope, depth + 1)
                return self._is_set(found)
            case Call(block=None):
                return self._test_by_function(code, scope, depth)
        return _is_true(self.value(code, scope, depth))

    def _test_by_function(self, code: Call, scope: Scope, depth: int) -> PreferenceTest | None:
        names, arguments = code.names, code.positional
        match names[-1] if names else None, len(arguments):
            case "!", 1:  # so !(…) is read
                test = self._test(arguments[0], scope, depth + 1)
                return test.negated if test is not None else None
            case "isnothing", 1:
                test = self._is_set(self.value(arguments[0], scope, depth + 1))
                return test.negated if test is not None else None
            case "has_preference", 2 if names and self.value(arguments[0], scope, depth + 1) == OWN:
                return self._is_set(self._preference(names, arguments[1:], scope, depth + 1))
            case _:
                return _is_true(self._call(code, scope, depth))

    def _is_set(self, value: Value | None) -> PreferenceTest | None:
        if not isinstance(value, OwnPreference):
            return None
        return PreferenceTest(value, (NOTHING,), holds=False, strict=True)

    def _comparison(self, code: Operation, scope: Scope, depth: int) -> PreferenceTest | None:
        left, right = code.operands
        operator = code.operator
        if operator in {"in", "∈"}:
            value = self.value(left, scope, depth)
            listed = [_literal(item) for item in right.children]
            literals = tuple(literal for literal in listed if literal is not None)
            is_list = isinstance(right, Collection) and len(literals) == len(listed)
            if isinstance(value, OwnPreference) and is_list:
                return PreferenceTest(value, literals, holds=True, strict=False)
            return None
        if operator not in {"==", "!=", "===", "!=="}:
            return None
        for one, other in ((left, right), (right, left)):
            value, literal = self.value(one, scope, depth), _literal(other)
            if isinstance(value, OwnPreference) and literal is not None:
                holds, strict = operator.startswith("="), len(operator) == 3
                return PreferenceTest(value, (literal,), holds, strict)
        return None

    def arms(self, code: If, scope: Scope, depth: int = 0) -> list[Arm]:
        """Return the ways through an ``if`` that a compiling package can take."""
        taken: list[tuple[tuple[Code, ...], str, tuple[PreferenceTest, ...]]] = []
        passed: tuple[PreferenceTest, ...] = ()
        complete = False
        for branch in code.branches:
            test = branch.condition
            decided = True if test is None else self.decide(test, scope)
            if decided is False:
                continue
            text = "else" if test is None else test.excerpt()
            if test is None and taken:
                text = f"not ({taken[-1][1]})"
            tests = self.tests(test, scope, depth, holds=True) if test is not None else ()
            taken.append((branch.statements, text, (*passed, *tests)))
            passed = (*passed, *(one.negated for one in tests))
            if decided:
                complete = True
                break
        if complete and len(taken) == 1:
            return [Arm(taken[0][0], None)]
        site = code.site
        count = len(taken) if complete else 0
        return [
            Arm(body, Condition(site, number, count, text, tests=tests))
            for number, (body, text, tests) in enumerate(taken)
        ]


_VALUES: dict[type[Code], Callable[[Evaluation, Any, Scope, int], Value | None]] = {
    String: Evaluation._string,
    Content: Evaluation._string,
    Integer: Evaluation._integer,
    Quote: Evaluation._symbol,
    Block: Evaluation._last,
    Let: Evaluation._last,
    Assignment: Evaluation._last,
    Splat: Evaluation._last,
    Named: Evaluation._last,
    Typed: Evaluation._first,
    Declaration: Evaluation._first,
    Exit: Evaluation._first,
    Interpolation: Evaluation._interpolation,
    Name: Evaluation._name,
    Field: Evaluation._field,
    MacroCall: Evaluation._macro,
    Collection: Evaluation._collection,
    Comprehension: Evaluation._comprehension,
    Operation: Evaluation._operation,
    If: Evaluation._if,
    Call: Evaluation._call,
    Index: Evaluation._index,
}


def bound_names(target: Code, value: Value) -> dict[str, Value]:
    """Return the variables that an assignment of *value* to *target* sets."""
    match target:
        case Typed():
            return bound_names(target.value, value)
        case Name(names=(name,)):
            return {name: value}
        case Collection():
            return {
                item.names[0]: part(value, index)
                for index, item in enumerate(target.items)
                if isinstance(item, Name) and len(item.names) == 1
            }
        case _:
            return {}


def _is_true(value: Value | None) -> PreferenceTest | None:
    if not isinstance(value, OwnPreference):
        return None
    return PreferenceTest(value, ("true",), holds=True, strict=True)


def _literal(code: Code) -> str | None:
    """Return a literal of Julia's as JSON has it; None for anything else."""
    match code:
        case String(prefix="" | "raw") if not code.interpolations:
            return json.dumps("".join(map(str, code.pieces)))
        case Boolean():
            return code.text
        case Integer() if re.fullmatch(r"0|[1-9][0-9]{0,15}", code.text):
            return code.text
        case Name(names=("nothing",)):
            return NOTHING
        case _:
            return None


def _range(operands: tuple[Code, ...]) -> Value | None:
    texts = [operand.text for operand in operands]
    if len(texts) != 2 or not all(text.isascii() and text.isdecimal() for text in texts):
        return None
    if max(map(len, texts)) > 9:
        return None
    numbers = range(int(texts[0]), int(texts[1]) + 1)
    return Items(tuple(Text(str(n)) for n in numbers)) if len(numbers) <= _MAX_RANGE else None


def _decide_version(left: Code, operator: str, right: Code) -> bool | None:
    """Decide ``VERSION >= v"1.6"``: preferences need Julia 1.6 in any case."""
    names = name_of(left)
    literal = re.fullmatch(r'v"(.*)"', right.text)
    if names is None or names[-1] != "VERSION" or literal is None:
        return None
    version = VersionNumber.parse(literal[1])
    if version is None or version > _OLDEST or (version == _OLDEST and operator in {">", "<="}):
        return None
    return operator.startswith(">")


# Functions whose value is known. Each gets the values of its arguments by position.


def _as_text(value: Value) -> Value:
    return replace(value, as_text=True) if isinstance(value, OwnPreference) else value


def _known_function(name: str, values: tuple[Value, ...]) -> Value | None:
    if any(isinstance(value, OwnPreference) for value in values):
        if name in _MAKE_TEXT:
            values = tuple(map(_as_text, values))
        elif name in _SAME_VALUE and name not in _SAME_PREFERENCE:
            return None
    function = _KNOWN_FUNCTIONS.get(name)
    if function is not None:
        return function(values)
    first = values[0] if values else None
    if name in _SAME_PACKAGE and first is not None:
        return _owner(first)
    return first if name in _SAME_VALUE and len(values) == 1 else None


def _on_text(change: Callable[[str], str]) -> Callable[[tuple[Value, ...]], Value | None]:
    def changed(values: tuple[Value, ...]) -> Value | None:
        match values:
            case (Text(text),):
                return Text(change(text))
            case _:
                return None

    return changed


def _uuid_of_text(values: tuple[Value, ...]) -> Value | None:
    """Evaluate ``UUID("…")``, and ``parse(UUID, "…")``."""
    match values:
        case (Text(text),) | (_, Text(text)):
            uuid: UUID | None = parse_uuid(text)
            return PackageUuid(uuid) if uuid is not None else Unknown(text)
        case _:
            return None


def _symbol(values: tuple[Value, ...]) -> Value | None:
    """Evaluate ``Symbol("load_", "preference")``."""
    return values[0] if len(values) == 1 else join(values)


def _paths(values: tuple[Value, ...]) -> Value | None:
    """Evaluate ``joinpath``."""
    pieces: list[Value] = []
    for value in values:
        if isinstance(value, Unknown | Joined):
            return None
        pieces += [Text(os.sep), value] if pieces else [value]
    joined = join(tuple(pieces)) if pieces else None
    return None if isinstance(joined, Unknown) else joined


def _dict(values: tuple[Value, ...]) -> Value | None:
    return Items(values) if all(isinstance(value, Items) for value in values) else None


def _pair(values: tuple[Value, ...]) -> Value | None:
    return Items(values) if len(values) == 2 else None


def _table(values: tuple[Value, ...]) -> Value | None:
    return PreferencesDict(values[0]) if len(values) == 1 else None


def _same(values: tuple[Value, ...]) -> Value | None:
    return values[0] if len(values) == 1 else None


def _keys(values: tuple[Value, ...]) -> Value | None:
    return _column(values[0], 0) if len(values) == 1 else None


def _values(values: tuple[Value, ...]) -> Value | None:
    match values:
        case (Items() as items,):
            return _column(items, 1) if _pairs(items) else items
        case _:
            return None


def _enumerate(values: tuple[Value, ...]) -> Value | None:
    match values:
        case (Items(items),):
            numbers = (Text(str(number + 1)) for number in range(len(items)))
            return Items(tuple(Items(pair) for pair in zip(numbers, items, strict=True)))
        case _:
            return None


def _zip(values: tuple[Value, ...]) -> Value | None:
    match values:
        case (Items(left), Items(right)):
            return Items(tuple(Items(row) for row in zip(left, right, strict=False)))
        case _:
            return None


_KNOWN_FUNCTIONS: dict[str, Callable[[tuple[Value, ...]], Value | None]] = {
    "string": join,
    "Symbol": _symbol,
    "joinpath": _paths,
    "dirname": _on_text(lambda text: str(Path(text).parent)),
    "basename": _on_text(lambda text: Path(text).name),
    "lowercase": _on_text(str.lower),
    "uppercase": _on_text(str.upper),
    "UUID": _uuid_of_text,
    "parse": _uuid_of_text,
    "get_preferences": _table,
    "Pair": _pair,
    "Dict": _dict,
    "keys": _keys,
    "values": _values,
    "pairs": _same,
    "eachindex": _same,
    "enumerate": _enumerate,
    "zip": _zip,
}


def _owner(value: Value) -> Value | None:
    if isinstance(value, Text):  # Base.identify_package("Name")
        return PackageModule(value.value)
    if isinstance(value, PackageModule | PackageUuid | Expander | Parameter | Each | Either):
        return value
    return None


def _pairs(value: Items) -> bool:
    return all(isinstance(item, Items) and len(item.items) == 2 for item in value.items)


def _column(value: Value, index: int) -> Value | None:
    if isinstance(value, Items) and _pairs(value):
        return Items(tuple(part(item, index) for item in value.items))
    return None
