"""What expressions of Julia code come to, as far as that can be told without running them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from uuid import UUID

from tree_sitter import Node

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
    JuliaSource,
    dotted_name,
    macro_call,
    parts,
    string_pieces,
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
    PreferenceTable,
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
_MAX_STEPS = 2_000_000
_OLDEST = VersionNumber((1, 6, 0))

_SAME_PACKAGE = frozenset({"PkgId", "get_uuid", "moduleroot", "parentmodule", "identify_package"})
_SAME_VALUE = frozenset(
    {"String", "Symbol", "Ref", "esc", "identity", "something", "collect", "Tuple", "Set", "sort"}
    | {"Some", "QuoteNode", "tuple", "unique", "reverse", "normpath", "abspath", "realpath"}
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands.

    Attributes:
        local: what is known of local variables and parameters.
        quoted: whether it is code that a macro returns, to run where the macro is used.
    """

    module: JuliaModule
    source: JuliaSource
    local: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    quoted: bool = False

    def binding(self, names: Mapping[str, Value]) -> Scope:
        """Return the scope with more local variables."""
        return replace(self, local={**self.local, **names}) if names else self


@dataclass(frozen=True, slots=True)
class Arm:
    """One way through an ``if``: its statements, and the condition under which it is taken.

    ``condition`` is None where it is certainly taken.
    """

    statements: tuple[Node, ...]
    condition: Condition | None


class Evaluation:
    """Evaluates expressions of one package; counts its steps, and gives up after too many."""

    def __init__(self) -> None:
        self.steps = 0

    @property
    def exhausted(self) -> bool:
        """Whether so much was evaluated that the rest is taken to be unknown."""
        return self.steps > _MAX_STEPS

    def value(self, node: Node, scope: Scope, depth: int = 0) -> Value:
        """Return what an expression comes to."""
        self.steps += 1
        if depth > _MAX_DEPTH or self.exhausted:
            return Unknown(scope.source.excerpt(node))
        value = self._value(node, scope, depth + 1)
        return Unknown(scope.source.excerpt(node)) if is_large(value) else value

    def _value(self, node: Node, scope: Scope, depth: int) -> Value:
        unknown = Unknown(scope.source.excerpt(node))
        children = parts(node)
        match node.type:
            case "string_literal" | "prefixed_string_literal":
                pieces = string_pieces(scope.source, node)
                if pieces is None:
                    return unknown
                return join(
                    tuple(
                        Text(piece) if isinstance(piece, str) else self.value(piece, scope, depth)
                        for piece in pieces[:_MAX_ITEMS]
                    )
                )
            case "integer_literal":
                return Text(scope.source.text(node))
            case "parenthesized_expression" | "compound_statement" if children:
                if any(child.type == "for_clause" for child in children):
                    return self._comprehension(children, scope, depth) or unknown
                return self.value(children[-1], scope, depth)
            case "typed_expression" | "const_statement" | "return_statement" if children:
                return self.value(children[0], scope, depth)
            case "assignment" | "splat_expression" | "let_statement" if children:
                return self.value(children[-1], scope, depth)
            case "interpolation_expression" if children:
                return self.value(children[0], replace(scope, quoted=False), depth)
            case "quote_expression" if len(children) == 1 and children[0].type == "identifier":
                return Text(scope.source.text(children[0]))
            case "identifier" | "field_expression":
                return self._name(node, scope, depth) or unknown
            case "macrocall_expression":
                return self._macro(node, scope) or unknown
            case "tuple_expression" | "vector_expression" | "argument_list" | "open_tuple":
                if any(child.type == "for_clause" for child in children):
                    return self._comprehension(children, scope, depth) or unknown
                items = tuple(self.value(child, scope, depth) for child in children[:_MAX_ITEMS])
                return Items(items) if len(children) <= _MAX_ITEMS else unknown
            case "comprehension_expression":
                return self._comprehension(children, scope, depth) or unknown
            case "named_field" | "named_argument" if len(children) > 1:
                return self.value(children[-1], scope, depth)
            case "range_expression":
                return self._range(children, scope) or unknown
            case "binary_expression" if len(children) == 3:
                return self._binary(children, scope, depth) or unknown
            case "ternary_expression" if len(children) == 3:
                decided = self.decide(children[0], scope)
                if decided is not None:
                    return self.value(children[1 if decided else 2], scope, depth)
                return either(tuple(self.value(child, scope, depth) for child in children[1:]))
            case "if_statement":
                results = [arm.statements[-1] for arm in self.arms(node, scope) if arm.statements]
                if results:
                    return either(tuple(self.value(result, scope, depth) for result in results))
                return unknown
            case "call_expression" | "broadcast_call_expression" if len(children) > 1:
                return self._call(children, scope, depth) or unknown
            case "index_expression" if len(children) == 2:
                return self._index(children, scope, depth) or unknown
            case _:
                return unknown

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
            value = self.value(item.node, Scope(item.module, item.source), depth + 1)
            if isinstance(value, OwnPreference) and not _is_constant(item.node):
                value = Unknown(item.source.excerpt(item.node))  # a function may change it
            found.append(value if item.index is None else part(value, item.index))
        return either(tuple(found)) if found else None

    def _name(self, node: Node, scope: Scope, depth: int) -> Value | None:
        names = dotted_name(scope.source, node)
        if names is None:
            children = parts(node)  # Base.PkgId(x).uuid
            if node.type == "field_expression" and len(children) == 2:
                value = self.value(children[0], scope, depth)
                return value if not isinstance(value, Unknown | Text) else None
            return None
        if names[0] == "__module__" and "__module__" not in scope.local:
            return Expander()
        if names[0] in scope.local:
            value = scope.local[names[0]]
            if len(names) == 1 or (names[1:] == ("uuid",) and not isinstance(value, Unknown)):
                return value
            return None
        meaning = resolve(scope.module, names)
        if meaning is None and names[-1] == "uuid" and len(names) > 1:
            return self.of_meaning(resolve(scope.module, names[:-1]), depth)
        return self.of_meaning(meaning, depth)

    def _macro(self, node: Node, scope: Scope) -> Value | None:
        names, arguments = macro_call(scope.source, node)
        match names[-1] if names else None:
            case "@load_preference" if names is not None and not scope.quoted:
                return self._preference(names, arguments, scope)
            case "@__MODULE__":
                return Expander() if scope.quoted else OWN
            case "@__DIR__":
                return Text(str(scope.source.path.parent))
            case "@__FILE__":
                return Text(str(scope.source.path))
            case _:
                return None

    def _binary(self, children: list[Node], scope: Scope, depth: int) -> Value | None:
        left, operator, right = children
        match scope.source.text(operator):
            case "=>":
                return Items((self.value(left, scope, depth), self.value(right, scope, depth)))
            case "*":
                both = (self.value(left, scope, depth), self.value(right, scope, depth))
                return None if any(isinstance(item, Unknown) for item in both) else join(both)
            case _:
                return None

    def _range(self, children: list[Node], scope: Scope) -> Value | None:
        texts = [scope.source.text(child) for child in children]
        if len(texts) != 2 or not all(text.isascii() and text.isdecimal() for text in texts):
            return None
        if max(map(len, texts)) > 9:
            return None
        numbers = range(int(texts[0]), int(texts[1]) + 1)
        return Items(tuple(Text(str(n)) for n in numbers)) if len(numbers) <= _MAX_RANGE else None

    def _comprehension(self, children: list[Node], scope: Scope, depth: int) -> Value | None:
        for child in children[1:]:
            if child.type != "for_clause":
                return None
            scope, _ = self.loop(child, scope, depth)
        value = self.value(children[0], scope, depth)
        return Items(value.values) if isinstance(value, Each) else Items((value,))

    def _index(self, children: list[Node], scope: Scope, depth: int) -> Value | None:
        collection = self.value(children[0], scope, depth)
        indices = parts(children[1])
        if isinstance(collection, Items) and len(indices) == 1:
            text = scope.source.text(indices[0])
            if text.isascii() and text.isdecimal() and 0 < int(text[:9]) <= len(collection.items):
                return collection.items[int(text[:9]) - 1]
            return either(collection.items) if collection.items else None
        return None

    def _call(self, children: list[Node], scope: Scope, depth: int) -> Value | None:
        names = dotted_name(scope.source, children[0])
        if names is None:
            return None
        meaning = lookup(scope.module, names[0])
        arguments = [child for child in parts(children[1]) if child.type != "named_argument"]
        if isinstance(meaning, tuple) and meaning and not isinstance(meaning[0], GlobalValue):
            # The package's own function: not followed for its value. But what is called
            # something like cached_uuid(m) is likely to return the UUID of m.
            if "uuid" in names[-1].lower() and len(arguments) == 1:
                likely = _owner(self.value(arguments[0], scope, depth))
                if likely is not None:
                    return either((likely, Unknown(scope.source.excerpt(children[0]) + "(…)")))
            return None
        if names[-1] == "load_preference" and arguments:
            owner = self.value(arguments[0], scope, depth)
            return self._preference(names, arguments[1:], scope) if owner == OWN else None
        if any(child.type == "for_clause" for child in arguments):
            generated = self._comprehension(arguments, scope, depth)
            return generated if names[-1] in {*_SAME_VALUE, "Dict"} else None
        values = [self.value(child, scope, depth) for child in arguments[:_MAX_ITEMS]]
        return self._known_function(names[-1], values)

    def _preference(
        self, names: tuple[str, ...], arguments: list[Node], scope: Scope
    ) -> OwnPreference | None:
        """Return what a call for a preference of the package itself gives: key, and default."""
        is_own_function = isinstance(lookup(scope.module, names[0]), tuple)
        if is_own_function or not 0 < len(arguments) < 3:
            return None
        key = self.value(arguments[0], scope)
        default = _literal(arguments[1], scope.source) if len(arguments) > 1 else NOTHING
        return OwnPreference(key.value, default) if isinstance(key, Text) else None

    def _known_function(self, name: str, values: list[Value]) -> Value | None:
        first = values[0] if values else None
        match name, len(values):
            case "string", _:
                return join(tuple(values))
            case "joinpath", _ if values:
                return _paths(values)
            case "dirname", 1 if isinstance(first, Text):
                return Text(str(Path(first.value).parent))
            case "basename", 1 if isinstance(first, Text):
                return Text(Path(first.value).name)
            case "UUID", 1 if isinstance(first, Text):
                return _uuid(first)
            case "parse", 2 if isinstance(values[1], Text):
                return _uuid(values[1])
            case "get_preferences", 1 if first is not None:
                return PreferenceTable(first)
            case "Pair", 2:
                return Items(tuple(values))
            case "Dict", _ if all(isinstance(value, Items) for value in values):
                return Items(tuple(values))
            case "keys", 1 if first is not None:
                return _column(first, 0)
            case "values", 1 if isinstance(first, Items):
                return _column(first, 1) if _pairs(first) else first
            case "pairs" | "eachindex", 1:
                return first
            case "enumerate", 1 if isinstance(first, Items):
                numbers = [Text(str(number + 1)) for number in range(len(first.items))]
                return Items(tuple(Items(pair) for pair in zip(numbers, first.items, strict=True)))
            case "zip", 2 if isinstance(first, Items) and isinstance(values[1], Items):
                rows = zip(first.items, values[1].items, strict=False)
                return Items(tuple(Items(row) for row in rows))
            case _ if name in _SAME_PACKAGE and first is not None:
                return _owner(first)
            case _ if name in _SAME_VALUE and len(values) == 1:
                return first
            case _ if name in {"lowercase", "uppercase"} and isinstance(first, Text):
                return Text(first.value.lower() if name == "lowercase" else first.value.upper())
            case _:
                return None

    def loop(self, clause: Node, scope: Scope, depth: int = 0) -> tuple[Scope, Condition | None]:
        """Return the scope inside a loop, and a condition where it may run not even once."""
        condition: Condition | None = None
        for binding in parts(clause):
            if binding.type != "for_binding":
                continue
            children = parts(binding)
            collection = self.value(children[-1], scope, depth)
            if not (isinstance(collection, Items) and collection.items):
                condition = Condition(
                    scope.source.site(binding), 0, 0, "for " + scope.source.excerpt(binding)
                )
            scope = scope.binding(bound_names(scope.source, children[0], element(collection)))
        return scope, condition

    def decide(self, node: Node, scope: Scope, depth: int = 0) -> bool | None:
        """Tell whether a condition holds while a package compiles; None: it depends."""
        if depth > _MAX_DEPTH:
            return None
        children = parts(node)
        match node.type:
            case "boolean_literal":
                return scope.source.text(node) == "true"
            case "parenthesized_expression" | "compound_statement" if len(children) == 1:
                return self.decide(children[0], scope, depth + 1)
            case "interpolation_expression" if len(children) == 1:
                return self.decide(children[0], scope, depth + 1)
            case "unary_expression" if scope.source.bytes_of(node).startswith(b"!"):
                inner = self.decide(children[-1], scope, depth + 1)
                return None if inner is None else not inner
            case "binary_expression" if len(children) == 3:
                return self._decide_binary(children, scope, depth + 1)
            case "call_expression" if children:
                names = dotted_name(scope.source, children[0])
                if names is not None and names[-1].endswith("generating_output"):
                    return True
                return None
            case _:
                return None

    def _decide_binary(self, children: list[Node], scope: Scope, depth: int) -> bool | None:
        operator = scope.source.text(children[1])
        if operator in {"&&", "||"}:
            wins = operator == "||"  # the value that settles it
            sides = [self.decide(child, scope, depth) for child in (children[0], children[2])]
            if wins in sides:
                return wins
            return None if None in sides else not wins
        if operator in {">=", ">", "<", "<="}:
            return _decide_version(children, scope.source)
        # ccall(:jl_generating_output, Cint, ()) == 1
        if operator in {"==", "!=", "===", "!=="}:
            call = b"".join(scope.source.bytes_of(children[0]).split())
            if call.startswith(b"ccall(:jl_generating_output,"):
                equal = scope.source.text(children[2]) == "1"
                return equal if operator.startswith("=") else not equal
        return None

    def tests(self, node: Node, scope: Scope, *, holds: bool) -> tuple[PreferenceTest, ...]:
        """Return what has to hold of the package's own preferences for a condition, if known.

        Args:
            node: the condition.
            scope: where it stands.
            holds: whether it is to hold, or not to.
        """
        test = self._test(node, scope)
        if test is None:
            return ()
        return (test if holds else test.negated,)

    def _test(self, node: Node, scope: Scope, depth: int = 0) -> PreferenceTest | None:
        if depth > _MAX_DEPTH:
            return None
        children = parts(node)
        match node.type:
            case "parenthesized_expression" if len(children) == 1:
                return self._test(children[0], scope, depth + 1)
            case "unary_expression" if scope.source.bytes_of(node).startswith(b"!"):
                inner = self._test(children[-1], scope, depth + 1)
                return inner.negated if inner is not None else None
            case "binary_expression" if len(children) == 3:
                return self._comparison(children, scope)
            case "macrocall_expression":
                names, arguments = macro_call(scope.source, node)
                if names is not None and names[-1] == "@has_preference" and not scope.quoted:
                    return self._is_set(self._preference(names, arguments, scope))
            case "call_expression" if len(children) == 2:
                return self._test_by_function(children, scope, depth)
        return _is_true(self.value(node, scope))

    def _test_by_function(
        self, children: list[Node], scope: Scope, depth: int
    ) -> PreferenceTest | None:
        names, arguments = dotted_name(scope.source, children[0]), parts(children[1])
        match names[-1] if names else None, len(arguments):
            case "!", 1:  # so !(…) is read
                test = self._test(arguments[0], scope, depth + 1)
                return test.negated if test is not None else None
            case "isnothing", 1:
                test = self._is_set(self.value(arguments[0], scope))
                return test.negated if test is not None else None
            case "has_preference", 2 if names and self.value(arguments[0], scope) == OWN:
                return self._is_set(self._preference(names, arguments[1:], scope))
            case _:
                value = self._call(children, scope, depth)
        return _is_true(value)

    def _is_set(self, value: Value | None) -> PreferenceTest | None:
        if not isinstance(value, OwnPreference):
            return None
        return PreferenceTest(value, (NOTHING,), holds=False, strict=True)

    def _comparison(self, children: list[Node], scope: Scope) -> PreferenceTest | None:
        operator = scope.source.text(children[1])
        if operator in {"in", "∈"}:
            value = self.value(children[0], scope)
            listed = [_literal(item, scope.source) for item in parts(children[2])]
            literals = tuple(literal for literal in listed if literal is not None)
            is_list = children[2].type in {"tuple_expression", "vector_expression"}
            if isinstance(value, OwnPreference) and is_list and len(literals) == len(listed):
                return PreferenceTest(value, literals, holds=True, strict=False)
            return None
        if operator not in {"==", "!=", "===", "!=="}:
            return None
        for one, other in ((children[0], children[2]), (children[2], children[0])):
            value, literal = self.value(one, scope), _literal(other, scope.source)
            if isinstance(value, OwnPreference) and literal is not None:
                holds, strict = operator.startswith("="), len(operator) == 3
                return PreferenceTest(value, (literal,), holds, strict)
        return None

    def arms(self, node: Node, scope: Scope) -> list[Arm]:
        """Return the ways through an ``if`` that a compiling package can take."""
        clauses = [node, *node.children_by_field_name("alternative")]
        taken: list[tuple[tuple[Node, ...], str, tuple[PreferenceTest, ...]]] = []
        passed: tuple[PreferenceTest, ...] = ()
        complete = False
        for clause in clauses:
            test = clause.child_by_field_name("condition")
            excluded = {child.id for child in clause.children_by_field_name("alternative")}
            if test is not None:
                excluded.add(test.id)
            body = tuple(child for child in parts(clause) if child.id not in excluded)
            decided = True if test is None else self.decide(test, scope)
            if decided is False:
                continue
            text = "else" if test is None else scope.source.excerpt(test)
            if test is None and taken:
                text = f"not ({taken[-1][1]})"
            tests = self.tests(test, scope, holds=True) if test is not None else ()
            taken.append((body, text, (*passed, *tests)))
            passed = (*passed, *(one.negated for one in tests))
            if decided:
                complete = True
                break
        if complete and len(taken) == 1:
            return [Arm(taken[0][0], None)]
        site = scope.source.site(node)
        count = len(taken) if complete else 0
        return [
            Arm(body, Condition(site, number, count, text, tests=tests))
            for number, (body, text, tests) in enumerate(taken)
        ]


def bound_names(source: JuliaSource, target: Node, value: Value) -> dict[str, Value]:
    """Return the variables that an assignment of *value* to *target* sets."""
    if target.type == "typed_expression" and parts(target):
        target = parts(target)[0]
    if target.type == "identifier":
        return {source.text(target): value}
    if target.type in {"tuple_expression", "open_tuple"}:
        return {
            source.text(child): part(value, index)
            for index, child in enumerate(parts(target))
            if child.type == "identifier"
        }
    return {}


def _is_true(value: Value | None) -> PreferenceTest | None:
    if not isinstance(value, OwnPreference):
        return None
    return PreferenceTest(value, ("true",), holds=True, strict=True)


def _is_constant(node: Node) -> bool:
    """Tell whether a right-hand side is that of a ``const``."""
    assignment = node.parent
    statement = assignment.parent if assignment is not None else None
    return statement is not None and statement.type == "const_statement"


def _literal(node: Node, source: JuliaSource) -> str | None:
    """Return a literal of Julia's as JSON has it; None for anything else."""
    text = source.text(node)
    match node.type:
        case "string_literal":
            pieces = string_pieces(source, node)
            if pieces is None or not all(isinstance(piece, str) for piece in pieces):
                return None
            return json.dumps("".join(map(str, pieces)))
        case "boolean_literal":
            return text
        case "integer_literal" if re.fullmatch(r"0|[1-9][0-9]{0,15}", text):
            return text
        case "identifier" if text == "nothing":
            return NOTHING
        case _:
            return None


def _decide_version(children: list[Node], source: JuliaSource) -> bool | None:
    """Decide ``VERSION >= v"1.6"``: preferences need Julia 1.6 in any case."""
    names = dotted_name(source, children[0])
    literal = re.fullmatch(r'v"(.*)"', source.text(children[2]))
    if names is None or names[-1] != "VERSION" or literal is None:
        return None
    version = VersionNumber.parse(literal[1])
    operator = source.text(children[1])
    if version is None or version > _OLDEST or (version == _OLDEST and operator in {">", "<="}):
        return None
    return operator.startswith(">")


def _uuid(text: Text) -> Value:
    uuid: UUID | None = parse_uuid(text.value)
    return PackageUuid(uuid) if uuid is not None else Unknown(text.value)


def _owner(value: Value) -> Value | None:
    if isinstance(value, Text):  # Base.identify_package("Name")
        return PackageModule(value.value)
    if isinstance(value, PackageModule | PackageUuid | Expander | Parameter | Each | Either):
        return value
    return None


def _paths(values: list[Value]) -> Value | None:
    """Return what ``joinpath`` makes of known texts."""
    pieces: list[Value] = []
    for value in values:
        if isinstance(value, Unknown | Joined):
            return None
        pieces += [Text(os.sep), value] if pieces else [value]
    joined = join(tuple(pieces))
    return None if isinstance(joined, Unknown) else joined


def _pairs(value: Items) -> bool:
    return all(isinstance(item, Items) and len(item.items) == 2 for item in value.items)


def _column(value: Value, index: int) -> Value | None:
    if isinstance(value, Items) and _pairs(value):
        return Items(tuple(part(item, index) for item in value.items))
    return None
