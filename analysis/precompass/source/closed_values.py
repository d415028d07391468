"""The values that a package takes for a preference, where its source rejects all others.

``provider ∉ ("fftw", "mkl")``: what is not in the list is an error, or is replaced. Whether a name
is *in* a list says less, since other values may matter elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from precompass.source.modules import PREFERENCE_READERS
from precompass.source.syntax import (
    Assignment,
    Block,
    Call,
    Code,
    Collection,
    Function,
    FunctionKind,
    JuliaSource,
    MacroCall,
    Name,
    Operation,
    Site,
    String,
)


@dataclass(frozen=True, slots=True)
class _Scope:
    """The part of a file in which a name means the same."""

    start: int
    end: int

    def holds(self, code: Code) -> bool:
        return self.start <= code.start and code.end <= self.end


def closed_values(source: JuliaSource) -> Mapping[Site, tuple[str, ...]]:
    """Return the values that are allowed for what is read at each place of a file."""
    if b"load_preference" not in source.data or not _may_reject(source.data):
        return {}
    rejections = [
        rejection
        for statement in source.statements
        for test in (*statement.search(Operation), *statement.search(Call))
        if (rejection := _rejection(test)) is not None
    ]
    if not rejections:
        return {}
    found: dict[Site, tuple[str, ...]] = {}
    for site, name, scope in _readings(source):
        for tested, values, code in rejections:
            if tested == name and scope.holds(code):
                found.setdefault(site, values)
    return found


def _may_reject(data: bytes) -> bool:
    return "∉".encode() in data or (b"!" in data and (b" in " in data or "∈".encode() in data))


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
    calls: tuple[MacroCall | Call, ...] = (*code.search(MacroCall), *code.search(Call))
    for call in calls:
        if call.names is not None and call.names[-1] in PREFERENCE_READERS:
            yield call


def _rejection(code: Code) -> tuple[str, tuple[str, ...], Code] | None:
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
