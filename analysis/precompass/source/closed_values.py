"""The values that a package takes for a preference, where its source rejects all others.

``provider ∉ ("fftw", "mkl")``: what is not in the list is an error, or is replaced. Whether a name
is *in* a list says less, since other values may matter elsewhere. A chain of comparisons
(``if provider == "fftw" … elseif provider == "mkl" … else error(…) end``) says the same where the
last branch throws.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

import msgspec

from precompass.source.modules import PREFERENCE_READERS
from precompass.source.syntax import (
    Assignment,
    Block,
    Call,
    Code,
    Collection,
    Function,
    FunctionKind,
    If,
    JuliaSource,
    MacroCall,
    Name,
    Operation,
    Site,
    String,
    Typed,
)

_Rejection: TypeAlias = tuple[str, tuple[str, ...], Code]
"""The name of what is tested, the values that are taken, and the code of the test."""


class _Scope(msgspec.Struct, frozen=True):
    """The part of a file in which a name means the same."""

    start: int
    end: int

    def holds(self, code: Code) -> bool:
        return self.start <= code.start and code.end <= self.end


def closed_values(source: JuliaSource) -> Mapping[Site, tuple[str, ...]]:
    """Return the values that are allowed for what is read at each place of a file."""
    if b"load_preference" not in source.data or not _may_reject(source.data):
        return {}
    rejections = [rejection for one in source.statements for rejection in _rejections(one)]
    if not rejections:
        return {}
    found: dict[Site, tuple[str, ...]] = {}
    for site, name, scope in _readings(source):
        for tested, values, code in rejections:
            if tested == name and scope.holds(code):
                found.setdefault(site, values)
    return found


def _may_reject(data: bytes) -> bool:
    throws = b"error(" in data or b"throw(" in data
    lists = b"!" in data and (b" in " in data or "∈".encode() in data)
    return "∉".encode() in data or lists or (throws and b"=" in data)


def _rejections(statement: Code) -> Iterator[_Rejection]:
    for test in (*statement.search(Operation), *statement.search(Call)):
        found = _rejection(test)
        if found is not None:
            yield found
    for choice in statement.search(If):
        found = _chain(choice)
        if found is not None:
            yield found


def _readings(source: JuliaSource) -> Iterator[tuple[Site, str, _Scope]]:
    """Yield where a preference is read into a variable, its name, and where that means the same."""
    functions = [
        _Scope(function.start, function.end)
        for statement in source.statements
        for function in statement.search(Function)
        if function.kind is not FunctionKind.ARROW
    ]
    whole = _Scope(0, len(source.data))
    for statement in source.statements:
        for assignment in statement.search(Assignment):
            target = assignment.target
            if not isinstance(target, Name) or len(target.names) != 1:
                continue
            around = [scope for scope in functions if scope.holds(assignment)]
            scope = min(around, key=lambda one: one.end - one.start, default=whole)
            for call in _reads(assignment.value):
                yield call.site, target.names[0], scope


def _reads(code: Code) -> Iterator[Code]:
    """Yield the call that an expression consists of, if it asks for a preference.

    ``lowercase(@load_preference("mode"))`` is another value than that of the preference.
    """
    while isinstance(code, Typed) and code.children:
        code = code.value
    match code:
        case MacroCall(names=(*_, name)) | Call(names=(*_, name)) if name in PREFERENCE_READERS:
            yield code
        case Call(names=("string" | "String",), positional=(inner,)):
            yield from _reads(inner)


def _chain(code: If) -> _Rejection | None:
    """Return the name and the values of comparisons the last of which leads to an error."""
    tested: set[str] = set()
    values: list[str] = []
    for branch in code.branches:
        if branch.condition is None:
            rest = _chain(inner) if (inner := _only_choice(branch.statements)) else None
            if rest is not None and tested == {rest[0]}:
                return rest[0], (*values, *rest[1]), code
            is_closed = len(tested) == 1 and any(map(_throws, branch.statements))
            return (tested.pop(), tuple(dict.fromkeys(values)), code) if is_closed else None
        comparison = _comparison(branch.condition)
        if comparison is None:
            return None
        tested.add(comparison[0])
        values += comparison[1]
    return None


def _only_choice(statements: tuple[Code, ...]) -> If | None:
    """Return the ``if`` that a branch consists of: ``… : b ? c : d``."""
    only = statements[0] if len(statements) == 1 else None
    return only if isinstance(only, If) else None


def _comparison(code: Code) -> tuple[str, tuple[str, ...]] | None:
    """Return the name and the texts that ``name == "a"``, or several of that, compare."""
    match code:
        case Block(statements=(inner,)):
            return _comparison(inner)
        case Operation(operator="==" | "===", operands=(Name(names=(name,)), other)):
            text = _text(other)
            return (name, (text,)) if text is not None else None
        case Operation(operator="in" | "∈", operands=(Name(names=(name,)), Collection() as listed)):
            texts = [_text(item) for item in listed.items]
            known = tuple(text for text in texts if text is not None)
            return (name, known) if known and len(known) == len(texts) else None
        case Operation(operator="||", operands=(left, right)):
            first, second = _comparison(left), _comparison(right)
            if first is None or second is None or first[0] != second[0]:
                return None
            return first[0], (*first[1], *second[1])
        case _:
            return None


def _throws(code: Code) -> bool:
    match code:
        case Call(names=(*_, name)):
            return name in {"error", "throw", "rethrow"}
        case _:
            return False


def _rejection(code: Code) -> _Rejection | None:
    """Return the name and the values of ``name ∉ (values)`` or ``!(name in (values))``."""
    negated = _negated(code)
    wanted = {"∉"} if negated is None else {"in", "∈"}
    match negated or code:
        case Operation(operator=operator, operands=(Name(names=(name,)), Collection() as listed)):
            values = tuple(_text(item) for item in listed.items)
            texts = tuple(value for value in values if value is not None)
            is_closed = operator in wanted and texts and len(texts) == len(values)
            return (name, texts, code) if is_closed else None
        case _:
            return None


def _negated(code: Code) -> Code | None:
    """Return what is negated by ``!``; None where nothing is."""
    match code:
        case Operation(operator="!", operands=(inner,)) | Call(names=("!",), positional=(inner,)):
            while isinstance(inner, Block) and len(inner.statements) == 1:
                inner = inner.statements[0]
            return inner
        case _:
            return None


def _text(code: Code) -> str | None:
    if isinstance(code, String) and not code.prefix and not code.interpolations:
        return "".join(map(str, code.pieces))
    return None
