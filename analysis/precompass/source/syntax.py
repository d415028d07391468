"""Julia source as a tree of frozen classes with places.

The one place that knows tree-sitter: it turns the parser's nodes into the classes below, each
node once, and only where somebody looks (most of a package is never looked at, and nested code
can be deeper than Python's stack). A tree always comes back, however broken the text is, with
the places that the parser did not understand; and the time that it takes is bounded, because the
parser may read the text again and again only so many times (some texts, ``#=`` repeated for
instance, cost it quadratic time).
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterator
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TypeAlias, TypeVar

import msgspec
from tree_sitter import Node, Parser, Point

from precompass.documents.grammar import grammar
from precompass.documents.text import Position, PositionEncoding
from precompass.source.once import once
from precompass.source.preparation import prepared

_LANGUAGE = grammar("tree_sitter_julia")
GRAMMAR = f"{_LANGUAGE.node_kind_count} kinds, {_LANGUAGE.parse_state_count} states"
"""What tells one version of the grammar from others: the compiled grammar has no version."""
_BOM = b"\xef\xbb\xbf"
_CHUNK = 4096  # bytes handed to the parser at a time
_REREADS = 1_000  # times that the parser may read each byte, on average; real files need 300
MAX_REREAD = 40_000_000  # bytes that it may read in one file in all; real files need 8,000,000

_MAX_ERRORS = 1_000  # in one file

_COMMENTS = frozenset({"line_comment", "block_comment"})
_COMMENT_KINDS = frozenset(
    kind
    for kind in range(_LANGUAGE.node_kind_count)
    if _LANGUAGE.node_kind_for_id(kind) in _COMMENTS
)
"""The same by the parser's numbers, which cost no new text for each node."""
_STRINGS = frozenset({"string_literal", "prefixed_string_literal"})
_STATEMENTS = frozenset({"source_file", "module_definition", "struct_definition"})
_STATEMENTS |= {"compound_statement", "function_definition"}
_ARGUMENTS = frozenset({"argument_list", "macro_argument_list"})
_BEHIND_A_MACRO = _ARGUMENTS | {"do_clause", "curly_expression"}  # @NamedTuple{x::Int}
_CLAUSES = frozenset({"for_clause", "if_clause"})

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b"}
_ESCAPES |= {"f": "\f", "v": "\v"}

_C = TypeVar("_C", bound="Code")


class Site(msgspec.Struct, frozen=True, order=True, cache_hash=True):
    """A place in a source file: the line from 0, the character in UTF-16 units from 0."""

    file: Path
    line: int
    character: int


class Text(msgspec.Struct, frozen=True):
    """Text in a source file that is no code: a comment, or what a string holds.

    Attributes:
        content: the comment, or a piece of the string.
        is_remark: whether it is for readers alone: a comment or a docstring.
    """

    content: str
    is_remark: bool


class Offsets(msgspec.Struct, frozen=True):
    """Places of a file, in order: offsets in bytes."""

    all: tuple[int, ...]

    @classmethod
    def of(cls, pattern: re.Pattern[bytes], data: bytes) -> Offsets:
        """Return where a pattern is found in some bytes."""
        return cls(tuple(match.start() for match in pattern.finditer(data)))

    def any_between(self, start: int, end: int) -> bool:
        """Tell whether there is a place from byte *start* up to *end*."""
        first = bisect.bisect_left(self.all, start)
        return first < len(self.all) and self.all[first] < end


class JuliaSource(msgspec.Struct, frozen=True, eq=False, dict=True):
    """One file of Julia code and its tree.

    Attributes:
        path: where it is.
        data: its bytes, without a byte-order mark.
        complete: False where the parser was stopped before it had seen all of the text.
        bytes_read: how much the parser has read, the same text again and again included.
    """

    path: Path
    data: bytes
    complete: bool
    bytes_read: int
    _root: Node

    def let_go(self) -> None:
        """Let go of the code that was looked at: it holds the file, too."""
        self.__dict__.clear()

    @once
    def has_generated(self) -> bool:
        """Whether ``@generated`` is anywhere in it."""
        return b"@generated" in self.data

    @once
    def statements(self) -> tuple[Code, ...]:
        """The statements of the file."""
        return _lowered(self, _parts(self._root))

    @property
    def has_errors(self) -> bool:
        """Whether the parser did not understand some of the text."""
        return self._root.has_error

    @once
    def errors(self) -> tuple[Code, ...]:
        """The places that the parser did not understand; if there are very many, then the whole."""
        return tuple(_errors(self, self._root))

    def text_around(self, start: int, end: int) -> Text | None:
        """Return the comment or string that holds some bytes of the file; None where code does.

        Code that a string interpolates is code.
        """
        node = self._root.descendant_for_byte_range(start, end)
        if node is None:
            return None
        if node.type in _COMMENTS:
            return Text(_text(self, node), is_remark=True)
        string = node.parent
        if node.type != "content" or string is None or string.type not in _STRINGS:
            return None
        return Text(_text(self, node), is_remark=_is_documentation(self, string))


class Code(msgspec.Struct, frozen=True, eq=False, dict=True):
    """A piece of code. What it is made of is found when it is asked for, once.

    Attributes:
        source: the file that it is in.
    """

    source: JuliaSource
    _node: Node

    @property
    def start(self) -> int:
        """The offset of its first byte."""
        return self._node.start_byte

    @property
    def end(self) -> int:
        """The offset behind its last byte."""
        return self._node.end_byte

    @property
    def line(self) -> int:
        """The line that it begins in, from 0."""
        return self._node.start_point[0]

    @property
    def data(self) -> bytes:
        """Its bytes."""
        return self.source.data[self._node.start_byte : self._node.end_byte]

    @property
    def text(self) -> str:
        """Its source; what is not UTF-8 reads as U+FFFD."""
        return _text(self.source, self._node)

    def excerpt(self, length: int = 80) -> str:
        """Return its source on one line, cut to *length* characters."""
        text = " ".join(self.data[: 4 * length].decode("utf-8", "replace").split())
        return text if len(text) <= length else text[: length - 1] + "…"

    @property
    def site(self) -> Site:
        """Where it begins."""
        row, column = self._node.start_point
        start = self._node.start_byte - column
        before = self.source.data[start : self._node.start_byte].decode("utf-8", "replace")
        position = Position(row, PositionEncoding.UTF16.width(before))
        return Site(self.source.path, position.line, position.character)

    @once
    def _nodes(self) -> list[Node]:
        return _parts(self._node)

    @once
    def children(self) -> tuple[Code, ...]:
        """All code that it is directly made of, in order."""
        return _lowered(self.source, self._nodes)

    def _child(self, index: int) -> Code:
        node = self._nodes[index]
        return _MAKER.get(node.kind_id, Other)(self.source, node)

    def search(
        self,
        wanted: type[_C],
        *,
        skip: tuple[type[Code], ...] = (),
        around: Offsets | None = None,
    ) -> Iterator[_C]:
        """Yield the code of a class in this code, itself included; below *skip*, nothing.

        With *around*, only code that holds one of these offsets.
        """
        if around is not None and not around.any_between(self.start, self.end):
            return
        source = self.source
        kinds = _kinds((wanted, *skip))
        pending = [self._node]
        while pending:
            node = pending.pop()
            if around is not None and not around.any_between(node.start_byte, node.end_byte):
                continue
            if node.kind_id in kinds:
                code = _lower(source, node)
                if isinstance(code, wanted):
                    yield code
                if isinstance(code, skip):
                    continue
            pending.extend(reversed(node.named_children))


class Other(Code, frozen=True):
    """Code of no importance in itself: what matters is what it is made of."""


class Broken(Code, frozen=True):
    """Text that the parser did not understand."""


class Cut(Code, frozen=True):
    """A condition that the parser ends too early: the ``a`` of ``if a + 1 == 3``.

    The parser takes ``+ 1 == 3`` for the first statement, and so do others here: it is read in any
    case, and what the whole condition comes to is not known.
    """

    @property
    def end(self) -> int:
        """The offset behind the whole condition."""
        following = _rest_of_condition(self.source, self._node)
        return self._node.end_byte if following is None else following.end_byte

    @property
    def data(self) -> bytes:
        """The bytes of the whole condition."""
        return self.source.data[self.start : self.end]

    @property
    def children(self) -> tuple[Code, ...]:
        """What the parser took for the condition."""
        return (_lower(self.source, self._node),)


# Names and literals


class Name(Code, frozen=True):
    """``a``, ``A.b``, ``@m``, ``A.@m``, an operator."""

    @once
    def names(self) -> tuple[str, ...]:
        """The names that it is made of, the outermost first; a macro's begins with ``@``."""
        node = self._node
        if node.kind_id == _IDENTIFIER:
            return (_plain(_text(self.source, node)),)
        return _dotted(self.source, node) or ("",)


class Field(Code, frozen=True):
    """``f(x).name``: a field of something that is no mere name."""

    @once
    def of(self) -> Code:
        """What has the field."""
        return self._child(0)

    @once
    def name(self) -> str:
        """The field's name."""
        return self.children[-1].text


class Parametrized(Code, frozen=True):
    """``Dict{String, Int}``."""

    @once
    def of(self) -> Code:
        """The type without its parameters."""
        return self._child(0)


class Integer(Code, frozen=True):
    """``12``; its text is its value."""


class Boolean(Code, frozen=True):
    """``true`` or ``false``."""

    @once
    def value(self) -> bool:
        """The value."""
        return self.data == b"true"


class String(Code, frozen=True):
    """A string literal, with or without a prefix."""

    @once
    def prefix(self) -> str:
        """What is before the quotation mark: what a string with one says is a macro's business."""
        prefix = self._node.child_by_field_name("prefix")
        return _text(self.source, prefix) if prefix is not None else ""

    @property
    def macro(self) -> str | None:
        """The macro that a prefix means: ``@r_str`` for ``r"…"``; None without a prefix."""
        kind = "cmd" if self._node.type == "prefixed_command_literal" else "str"
        return f"@{self.prefix}_{kind}" if self.prefix else None

    @once
    def content(self) -> Content:
        """The same without its prefix: what the macro is given."""
        return Content(self.source, self._node)

    @once
    def pieces(self) -> tuple[str | Code, ...]:
        """Its text, in pieces, with the code that is interpolated."""
        return tuple(_string_pieces(self.source, self._node))

    @once
    def is_documentation(self) -> bool:
        """Whether it documents what follows."""
        return _is_documentation(self.source, self._node)

    @property
    def interpolations(self) -> tuple[Code, ...]:
        """The code that is interpolated."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Code))


class Content(String, frozen=True):
    """What the macro of a string with a prefix is given: plain text."""

    @once
    def prefix(self) -> str:
        """None."""
        return ""


class Collection(Code, frozen=True):
    """A tuple or a vector, written out: ``(a, b)``, ``[a, b]``, ``a, b``."""

    @property
    def items(self) -> tuple[Code, ...]:
        """Its items."""
        return self.children


# Expressions


class Binding(msgspec.Struct, frozen=True):
    """``target = value`` or ``target in value`` at the head of a loop, ``let`` or comprehension."""

    target: Code
    value: Code
    code: Code


class Clause(Code, frozen=True):
    """``for x in xs`` or ``if condition`` in a comprehension."""

    @once
    def bindings(self) -> tuple[Binding, ...]:
        """What the loop runs over; empty for a condition."""
        return _bindings(self.source, self._node, "for_binding")

    @once
    def condition(self) -> Code | None:
        """The condition; None for a loop."""
        return self.children[0] if self._node.type == "if_clause" and self.children else None


class Comprehension(Code, frozen=True):
    """``[f(x) for x in xs if x > 1]``, or a generator in parentheses or as an argument."""

    @once
    def values(self) -> tuple[Code, ...]:
        """What is computed for each: one expression, as a rule."""
        return tuple(child for child in self.children if not isinstance(child, Clause))

    @once
    def clauses(self) -> tuple[Clause, ...]:
        """The loops and conditions, the outermost first."""
        return tuple(child for child in self.children if isinstance(child, Clause))


class Operation(Code, frozen=True):
    """``a + b``, ``a => b``, ``a && b``, ``1:n``, ``!a``."""

    @once
    def operator(self) -> str:
        """The operator."""
        if self._node.type == "range_expression":
            return ":"
        found = (child for child in self._node.children if child.type == "operator")
        operator = next(found, None)
        return _text(self.source, operator) if operator is not None else ""

    @once
    def operands(self) -> tuple[Code, ...]:
        """What it is applied to."""
        if self._node.type == "range_expression":
            return self.children
        return _lowered(self.source, [node for node in self._nodes if node.type != "operator"])

    @property
    def is_short_circuit(self) -> bool:
        """Whether the second operand is only evaluated where the first does not settle it."""
        return self.operator in {"&&", "||"}


class Keyword(msgspec.Struct, frozen=True):
    """``name = value`` among the arguments of a call; *name* is empty for ``; options...``."""

    name: str
    value: Code


class Call(Code, frozen=True):
    """``f(a, b; c = d)``, ``f.(a)``, and either with a ``do`` block."""

    @once
    def callee(self) -> Code:
        """What is called."""
        return self._child(0)

    @property
    def names(self) -> tuple[str, ...] | None:
        """The name of what is called, if it has one."""
        return name_of(self.callee)

    @property
    def is_broadcast(self) -> bool:
        """Whether it is called for each element: ``f.(xs)``."""
        return self._node.type == "broadcast_call_expression"

    @once
    def _arguments(self) -> tuple[tuple[Code, ...], tuple[Keyword, ...]]:
        found = next(node for node in self._nodes[1:] if node.type in _ARGUMENTS)
        return _arguments(self.source, found)

    @property
    def positional(self) -> tuple[Code, ...]:
        """The arguments by position; a generator without parentheses is the only one."""
        return self._arguments[0]

    @property
    def keywords(self) -> tuple[Keyword, ...]:
        """The arguments by name."""
        return self._arguments[1]

    @once
    def block(self) -> Function | None:
        """The function that a ``do`` block makes, which is passed first."""
        found = (node for node in self._nodes if node.type == "do_clause")
        return next((Function(self.source, node) for node in found), None)


class MacroCall(Code, frozen=True):
    """``@m a b`` or ``@m(a, b)``."""

    @once
    def names(self) -> tuple[str, ...] | None:
        """The macro's name, its ``@`` with the last part; None if it is computed."""
        names: list[str] = []
        for node in self._name_nodes:
            names += _dotted(self.source, node) or ("",)
        if len(names) > 1 and names[0].startswith("@"):  # @A.m is A.@m
            names = [names[0].removeprefix("@"), *names[1:-1], "@" + names[-1]]
        return tuple(names) if names and all(names) else None

    @property
    def _name_nodes(self) -> list[Node]:
        return [n for n in self._nodes if n.type not in _BEHIND_A_MACRO]

    @property
    def name_end(self) -> int:
        """The offset behind its name."""
        return self._name_nodes[-1].end_byte if self._name_nodes else self.start

    @once
    def arguments(self) -> tuple[Code, ...]:
        """Its arguments, those by name among them, and the function of a ``do`` block."""
        nodes: list[Node] = []
        for node in self._nodes:
            if node.type in _ARGUMENTS:
                nodes += _parts(node)
            elif node.type in _BEHIND_A_MACRO:
                nodes.append(node)
        return _lowered(self.source, nodes)

    @once
    def positional(self) -> tuple[Code, ...]:
        """Its arguments without those by name."""
        return tuple(item for item in self.arguments if not isinstance(item, Named))


class Named(Code, frozen=True):
    """``name = value`` in a tuple or among arguments."""

    @once
    def value(self) -> Code:
        """The value."""
        return self._child(-1)


class Splat(Code, frozen=True):
    """``xs...``."""

    @once
    def value(self) -> Code:
        """What is splatted."""
        return self._child(0)


class Index(Code, frozen=True):
    """``a[i]``."""

    @once
    def of(self) -> Code:
        """What is indexed."""
        return self._child(0)

    @once
    def indices(self) -> tuple[Code, ...]:
        """The indices."""
        return self._child(1).children


class Typed(Code, frozen=True):
    """``x::Int``."""

    @once
    def value(self) -> Code:
        """What is asserted, or declared, to be of a type."""
        return self._child(0)


class Quote(Code, frozen=True):
    """``:name``, ``:(…)``, ``quote … end``: code as a value."""

    @once
    def symbol(self) -> str | None:
        """The name, if it is only that."""
        nodes = self._nodes
        is_name = len(nodes) == 1 and nodes[0].type == "identifier"
        is_symbol = is_name and self._node.type == "quote_expression"
        return _text(self.source, nodes[0]) if is_symbol else None


class Interpolation(Code, frozen=True):
    """``$x`` in quoted code or in a string."""

    @property
    def quotes(self) -> int:
        """How many quotes it gets out of: two for ``$$x``, of which the parser sees one ``$``."""
        return 2 if self.source.data[self.start - 1 : self.start] == b"$" else 1

    @property
    def value(self) -> Code | None:
        """What is put in its place."""
        return self.children[0] if len(self.children) == 1 else None


# Statements


class Block(Code, frozen=True):
    """``begin … end``, ``(a; b)``, a file."""

    @property
    def statements(self) -> tuple[Code, ...]:
        """Its statements."""
        return self.children


class Branch(msgspec.Struct, frozen=True):
    """One branch of an ``if``; *condition* is None for ``else``."""

    condition: Code | None
    statements: tuple[Code, ...]


class If(Code, frozen=True):
    """``if … elseif … else … end``, ``a ? b : c``."""

    @once
    def branches(self) -> tuple[Branch, ...]:
        """Its branches, in order."""
        return tuple(_branches(self.source, self._node))


class For(Code, frozen=True):
    """``for x in xs … end``."""

    @once
    def bindings(self) -> tuple[Binding, ...]:
        """What it runs over."""
        return _bindings(self.source, self._node, "for_binding")

    @once
    def statements(self) -> tuple[Code, ...]:
        """Its body."""
        nodes = [node for node in self._nodes if node.type != "for_binding"]
        return _lowered(self.source, nodes)


class While(Code, frozen=True):
    """``while condition … end``."""

    @once
    def condition(self) -> Code | None:
        """The condition; None only in broken code."""
        node = self._node.child_by_field_name("condition")
        return _condition(self.source, node) if node is not None else None

    @once
    def statements(self) -> tuple[Code, ...]:
        """Its body."""
        condition = self._node.child_by_field_name("condition")
        return _lowered(self.source, [node for node in self._nodes if node != condition])


class Let(Code, frozen=True):
    """``let x = 1 … end``."""

    @once
    def bindings(self) -> tuple[Binding, ...]:
        """Its variables that have a value."""
        return _bindings(self.source, self._node, "let_binding")

    @once
    def statements(self) -> tuple[Code, ...]:
        """Its body."""
        nodes = [node for node in self._nodes if node.type != "let_binding"]
        return _lowered(self.source, nodes)


class Try(Code, frozen=True):
    """``try … catch … finally … end``: its statements, the ``catch`` among them."""

    @property
    def statements(self) -> tuple[Code, ...]:
        """What is tried, the :class:`Catch`, and what runs in the end."""
        return self.children


class Catch(Code, frozen=True):
    """The ``catch`` of a ``try``, with its variable."""

    @property
    def statements(self) -> tuple[Code, ...]:
        """What runs after an exception."""
        return self.children


class Exit(Code, frozen=True):
    """``return``, ``break`` or ``continue``."""

    @property
    def is_return(self) -> bool:
        """Whether the function is left, not only a loop."""
        return self._node.type == "return_statement"

    @property
    def value(self) -> Code | None:
        """What is returned."""
        return self.children[0] if self.children else None


class Assignment(Code, frozen=True):
    """``a = b``, ``a, b = c``, ``a[i] = b``, ``a += b``."""

    @once
    def target(self) -> Code:
        """What is assigned to."""
        return self._child(0)

    @once
    def value(self) -> Code:
        """The right-hand side."""
        return self._child(-1)

    @property
    def updates(self) -> bool:
        """Whether the old value matters: ``+=`` and the like."""
        return self._node.type == "compound_assignment_expression"


class Declaration(Code, frozen=True):
    """``const …``, ``global …``, ``local …``."""

    @property
    def word(self) -> str:
        """The word."""
        return self._node.type.removesuffix("_statement")

    @property
    def declared(self) -> tuple[Code, ...]:
        """What is declared: names, or assignments."""
        return self.children


# Definitions


class Argument(msgspec.Struct, frozen=True):
    """A parameter in the signature of a function or macro."""

    name: str
    default: Code | None = None
    variadic: bool = False


class Signature(msgspec.Struct, frozen=True):
    """The parameters of a function or macro."""

    positional: tuple[Argument, ...] = ()
    keywords: tuple[Argument, ...] = ()

    def accepts(self, count: int) -> bool:
        """Tell whether a call with *count* positional arguments can mean this method."""
        required = sum(1 for item in self.positional if item.default is None and not item.variadic)
        endless = any(item.variadic for item in self.positional)
        return required <= count and (endless or count <= len(self.positional))


class FunctionKind(Enum):
    """How a function is written."""

    LONG = "function … end"
    SHORT = "f(x) = …"
    MACRO = "macro … end"
    ARROW = "x -> …"
    DO = "do x … end"


class Function(Code, frozen=True):
    """A function or macro: ``function f(x) … end``, ``f(x) = …``, ``x -> …``, ``do x … end``."""

    @once
    def kind(self) -> FunctionKind:
        """How it is written."""
        return _FUNCTIONS[self._node.type]

    @once
    def names(self) -> tuple[str, ...] | None:
        """Its name, a macro's with ``@``; None where it has none, as a callable object."""
        kind = self.kind
        if not self._nodes or kind is FunctionKind.DO or kind is FunctionKind.ARROW:
            return None
        names = _called_name(self.source, self._nodes[0])
        if kind is FunctionKind.MACRO and names is not None:
            return (*names[:-1], "@" + names[-1])
        return names

    @once
    def called(self) -> Code | None:
        """What is in the place of its name: ``(s::S)`` of ``(s::S)(x) = …``, ``$name``."""
        if not self._has_head or self.kind is FunctionKind.DO or self.names is not None:
            return None
        head = _unwrapped(self._nodes[0])
        return _lower(self.source, _parts(head)[0]) if head.type == "call_expression" else None

    @once
    def is_anonymous(self) -> bool:
        """Whether it is only a value: ``x -> …``, ``function (x) … end``."""
        if self.kind is FunctionKind.LONG:
            return self.names is None and self.called is None
        return self.kind is FunctionKind.ARROW

    @once
    def signature(self) -> Signature:
        """Its parameters."""
        kind = self.kind
        if not self._has_head:
            return Signature()
        if kind is FunctionKind.DO or kind is FunctionKind.ARROW:
            return _signature(self.source, self._nodes[0])
        return _called_signature(self.source, self._nodes[0])

    @property
    def may_have_defaults(self) -> bool:
        """Whether one of its parameters may have a default."""
        if not self._has_head:
            return False
        head = self._nodes[0]
        return self.source.data.find(b"=", head.start_byte, head.end_byte) >= 0

    @property
    def _has_head(self) -> bool:
        """Whether the first of its nodes says its name, or its parameters."""
        nodes = self._nodes
        return bool(nodes) and (
            self.kind is not FunctionKind.DO or nodes[0].type == "argument_list"
        )

    @once
    def statements(self) -> tuple[Code, ...]:
        """Its body, and before it the type of its result, which each call computes."""
        head = self._nodes[: self._has_head]
        results = [node for one in head for node in _result_types(one)]
        return _lowered(self.source, [*results, *self._nodes[self._has_head :]])

    @once
    def head(self) -> Code:
        """The code of its name and parameters, to be shown."""
        return self.children[0] if self.children else self

    @once
    def types(self) -> tuple[Code, ...]:
        """The types in its signature, which are computed when it is defined."""
        head = self._nodes[: self._has_head]
        return _lowered(self.source, [node for one in head for node in _types_in(self.source, one)])


_AROUND_A_NAME = frozenset({"type_head", "binary_expression", "parametrized_type_expression"})


class Struct(Code, frozen=True):
    """``struct A … end``."""

    @once
    def names(self) -> tuple[str, ...] | None:
        """Its name."""
        node = self._name
        return _dotted(self.source, node) if node is not None else None

    @once
    def called(self) -> Code | None:
        """What is in the place of its name: ``$name``."""
        node = self._name
        return _lower(self.source, node) if node is not None and self.names is None else None

    @property
    def _name(self) -> Node | None:
        nodes = self._nodes[:1]
        while nodes and nodes[0].type in _AROUND_A_NAME:
            nodes = _parts(nodes[0])[:1]
        return nodes[0] if nodes else None

    @once
    def statements(self) -> tuple[Code, ...]:
        """Its fields and constructors."""
        return _lowered(self.source, self._nodes[1:])

    @once
    def types(self) -> tuple[Code, ...]:
        """The types above it, and the bounds of its parameters."""
        return _lowered(
            self.source, [node for one in self._nodes[:1] for node in _types_in(self.source, one)]
        )


class Module(Code, frozen=True):
    """``module A … end``."""

    @once
    def name(self) -> str | None:
        """Its name; None only in broken code."""
        node = self._node.child_by_field_name("name")
        return _text(self.source, node) if node is not None else None

    def each_statement(self) -> Iterator[Code]:
        """Yield its statements, each made when it is asked for."""
        name = self._node.child_by_field_name("name")
        return (_lower(self.source, node) for node in self._nodes if node != name)

    @once
    def statements(self) -> tuple[Code, ...]:
        """Its statements, all made at once and kept."""
        return tuple(self.each_statement())


class ImportPath(msgspec.Struct, frozen=True):
    """``..A.B`` in an import: the dots before it, and the names."""

    dots: int
    names: tuple[str, ...]


class ImportedName(msgspec.Struct, frozen=True):
    """``b as c`` behind the colon of an import: what it is there, and what it is called here."""

    names: tuple[str, ...]
    alias: str


class ImportItem(msgspec.Struct, frozen=True):
    """One path of an import.

    Attributes:
        path: where it leads.
        alias: what the module is called here, if ``as`` says so.
        selected: the names that are imported from it; None where it is imported itself.
    """

    path: ImportPath
    alias: str | None = None
    selected: tuple[ImportedName, ...] | None = None


class ImportStatement(Code, frozen=True):
    """``using A, ..B``, ``import A: b as c``."""

    @property
    def is_plain(self) -> bool:
        """Whether nothing is interpolated: it is not part of code that is evaluated."""
        return b"$" not in self.data

    @property
    def is_using(self) -> bool:
        """Whether it says ``using``."""
        return self._node.type == "using_statement"

    @once
    def items(self) -> tuple[ImportItem, ...]:
        """What it imports."""
        found = (_import_item(self.source, node) for node in self._nodes)
        return tuple(item for item in found if item is not None)


class ExportStatement(Code, frozen=True):
    """``export a, b`` or ``public a, b``."""

    @property
    def is_plain(self) -> bool:
        """Whether nothing is interpolated: it is not part of code that is evaluated."""
        return b"$" not in self.data

    @property
    def is_export(self) -> bool:
        """Whether ``using`` the module brings the names along."""
        return self._node.type == "export_statement"

    @once
    def names(self) -> tuple[str, ...]:
        """The names."""
        found = (_dotted(self.source, node) for node in self._nodes)
        return tuple(names[-1] for names in found if names)


def name_of(code: Code) -> tuple[str, ...] | None:
    """Return ``("A", "b")`` for ``A.b`` and ``A.b{T}``, ``("@m",)`` for ``@m``; else None."""
    while isinstance(code, Parametrized) and code.children:
        code = code.of
    return code.names if isinstance(code, Name) else None


def parse_julia(path: Path, data: bytes, max_reread: int = MAX_REREAD) -> JuliaSource:
    """Return the tree of a file's bytes; the parser may read *max_reread* bytes in all."""
    if data.startswith(_BOM):
        data = data[len(_BOM) :]
    source = _parse(path, data, data, max_reread)
    if source.has_errors and source.complete:
        text = prepared(data)
        again = _parse(path, data, text, max_reread - source.bytes_read) if text != data else source
        if again.complete and len(again.errors) < len(source.errors):
            source = again
    return source


def _parse(path: Path, data: bytes, text: bytes, max_reread: int) -> JuliaSource:
    allowance = max(min(_REREADS * len(data), max_reread), len(data)) + _CHUNK
    given = 0

    def read(offset: int, _point: Point) -> bytes:
        nonlocal given
        if given > allowance:
            return b""
        chunk = text[offset : offset + _CHUNK]
        given += len(chunk)
        return chunk

    root = Parser(_LANGUAGE).parse(read).root_node
    return JuliaSource(path, data, given <= allowance, given, root)


# From the parser's nodes to the classes

_Maker: TypeAlias = Callable[[JuliaSource, Node], Code]
_Made: TypeAlias = tuple[tuple[type[Code], ...], _Maker]


def _lower(source: JuliaSource, node: Node) -> Code:
    return _MAKER.get(node.kind_id, Other)(source, node)


def _lowered(source: JuliaSource, nodes: list[Node]) -> tuple[Code, ...]:
    return tuple([_MAKER.get(node.kind_id, Other)(source, node) for node in nodes])


def _text(source: JuliaSource, node: Node) -> str:
    # Not node.text: the parser asks what it has parsed for it, which may give nothing any more,
    # and then asks for ever.
    return source.data[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _errors(source: JuliaSource, root: Node) -> Iterator[Code]:
    pending = [root] if root.has_error else []
    count = 0
    while pending and count < _MAX_ERRORS:
        node = pending.pop()
        if node.is_error or node.is_missing:
            count += 1
            yield Broken(source, node)
        else:
            pending.extend(child for child in reversed(node.children) if child.has_error)
    if pending:
        yield Broken(source, root)


def _is_documentation(source: JuliaSource, string: Node) -> bool:
    """Tell whether a string is a statement, as a docstring is, or an argument of ``@doc``."""
    parent = string.parent
    while parent is not None and parent.type in {"macro_argument_list", "binary_expression"}:
        parent = parent.parent
    if parent is None or parent.type in _STATEMENTS:
        return True
    return parent.type == "macrocall_expression" and _is_doc(source, parent)


def _is_doc(source: JuliaSource, macro_call: Node) -> bool:
    names = _parts(macro_call)[:1]
    return bool(names) and _text(source, names[0]) in {"@doc", "Base.@doc", "Core.@doc"}


def _parts(node: Node) -> list[Node]:
    """Return the named children of a node that are code, not comments."""
    return [child for child in node.named_children if child.kind_id not in _COMMENT_KINDS]


def _dotted(source: JuliaSource, node: Node) -> tuple[str, ...] | None:
    names: list[str] = []
    while True:
        match node.type:
            case "prefixed_string_literal" if not _is_name(source, node):
                return None
            case "identifier" | "operator" | "prefixed_string_literal":
                return (_plain(_text(source, node)), *reversed(names))
            case "macro_identifier":
                name = _text(source, node).replace(" ", "")
                parts = [name] if name.endswith(".") else name.split(".")  # @. is a macro, too
                return (*parts, *reversed(names))
            case "field_expression" | "scoped_identifier":
                children = _parts(node)
                if len(children) != 2:
                    return None
                last = children[1]
                if last.type == "quote_expression" and _parts(last):
                    last = _parts(last)[0]
                names.append(_plain(_text(source, last)))
                node = children[0]
            case "import_path" | "parametrized_type_expression" if _parts(node):
                node = _parts(node)[0]
            case _:
                return None


def _is_name(source: JuliaSource, string: Node) -> bool:
    """Tell whether a string with a prefix is a name: ``var"…"``."""
    prefix = string.child_by_field_name("prefix")
    return prefix is not None and _text(source, prefix) == "var"


def _plain(name: str) -> str:
    """Return a name without the marks of ``var"…"``, which may hold what is no name otherwise."""
    return name[4:-1] if name.startswith('var"') and name.endswith('"') and len(name) > 5 else name


def _string_pieces(source: JuliaSource, node: Node) -> Iterator[str | Code]:
    for child in _parts(node):
        if child.type == "content":
            text = _text(source, child)  # in prepared code, \$ is no escape sequence
            yield text.replace("\\$", "$") if node.type == "string_literal" else text
        elif child.type == "escape_sequence":
            yield _unescape(_text(source, child))
        elif child.type == "string_interpolation":
            inner = _parts(child)
            yield _lower(source, inner[0] if len(inner) == 1 else child)


_NUMBERED = re.compile(r"x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})")


def _unescape(text: str) -> str:
    """Return what an escape sequence stands for; more digits than it takes stay as they are."""
    body = text[1:]
    number = _NUMBERED.match(body)
    if number is None:
        return _ESCAPES.get(body, body)
    code = int(number[4], 8) if number[4] else int(number[1] or number[2] or number[3], 16)
    return chr(code) + body[number.end() :] if code < 0x110000 else text


def _bindings(source: JuliaSource, node: Node, kind: str) -> tuple[Binding, ...]:
    found: list[Binding] = []
    for child in node.named_children:
        inner = _parts(child) if child.type == kind else []
        if len(inner) > 1:
            target, value = _lowered(source, [inner[0], inner[-1]])
            found.append(Binding(target, value, _lower(source, child)))
    return tuple(found)


def _arguments(source: JuliaSource, node: Node) -> tuple[tuple[Code, ...], tuple[Keyword, ...]]:
    if any(child.type in _CLAUSES for child in node.named_children):
        return (Comprehension(source, node),), ()
    positional: list[Code] = []
    keywords: list[Keyword] = []
    after_semicolon = False
    for child in node.children:
        after_semicolon = after_semicolon or child.type == ";"
        if not child.is_named or child.type in _COMMENTS:
            continue
        inner = _parts(child)
        if child.type == "named_argument" and len(inner) > 1:
            keywords.append(Keyword(_text(source, inner[0]), _lower(source, inner[-1])))
        elif after_semicolon:
            name = _text(source, child) if child.type == "identifier" else ""
            keywords.append(Keyword(name, _lower(source, child)))
        else:
            positional.append(_lower(source, child))
    return tuple(positional), tuple(keywords)


def _branches(source: JuliaSource, node: Node) -> Iterator[Branch]:
    if node.type == "ternary_expression":
        condition, first, second = _lowered(source, _parts(node))
        yield Branch(condition, (first,))
        yield Branch(None, (second,))
        return
    for clause in [node, *node.children_by_field_name("alternative")]:
        test = clause.child_by_field_name("condition")
        excluded = {child.id for child in clause.children_by_field_name("alternative")}
        if test is not None:
            excluded.add(test.id)
        nodes = [child for child in _parts(clause) if child.id not in excluded]
        yield Branch(None if test is None else _condition(source, test), _lowered(source, nodes))


def _condition(source: JuliaSource, test: Node) -> Code:
    """Return the condition of an ``if`` or ``while``, marked if an operator goes on behind it."""
    is_cut = _rest_of_condition(source, test) is not None
    return Cut(source, test) if is_cut else _lower(source, test)


def _rest_of_condition(source: JuliaSource, test: Node) -> Node | None:
    """Return what the parser took for the first statement behind a condition, if it goes on there.

    So it does if an operator is on the same line; comments may be between.
    """
    place, following = test.end_byte, test.next_named_sibling
    while following is not None and not source.data[place : following.start_byte].strip(b" \t"):
        if following.kind_id not in _COMMENT_KINDS:
            begins_a_value = _BEGINS_A_VALUE.match(source.data, following.start_byte)
            return None if begins_a_value else following
        place, following = following.end_byte, following.next_named_sibling
    return None


_BEGINS_A_VALUE = re.compile(rb"[\w\"'`(\[{@$]")


_FUNCTIONS = {
    "function_definition": FunctionKind.LONG,
    "assignment": FunctionKind.SHORT,
    "macro_definition": FunctionKind.MACRO,
    "arrow_function_expression": FunctionKind.ARROW,
    "do_clause": FunctionKind.DO,
}


def _called_name(source: JuliaSource, node: Node) -> tuple[str, ...] | None:
    """Return the name that a function's head says: that of ``f(x)``."""
    node = _unwrapped(node)
    if node.type in {"identifier", "field_expression"}:
        return _dotted(source, node)  # function f end
    children = _parts(node) if node.type == "call_expression" else []
    return _dotted(source, children[0]) if len(children) > 1 else None


def _called_signature(source: JuliaSource, node: Node) -> Signature:
    """Return the parameters that a function's head says."""
    node = _unwrapped(node)
    if node.type == "call_expression":
        children = _parts(node)
        return _signature(source, children[1]) if len(children) > 1 else Signature()
    if node.type in {"argument_list", "tuple_expression", "parenthesized_expression"}:
        return _signature(source, node)  # function (x) … end
    return Signature()


def _types_in(source: JuliaSource, head: Node) -> Iterator[Node]:
    """Yield the types in the head of a definition: those of parameters, and bounds."""
    pending = [head]
    while pending:
        node = pending.pop()
        parts = _parts(node)
        if node.type == "unary_typed_expression":
            yield from parts
        elif node.type == "typed_expression" and parts:
            pending.append(parts[0])
            if not _is_return_type(node):
                yield from parts[1:]
        elif node.type in {"binary_expression", "named_argument"} and parts:
            pending.append(parts[0])
            if len(parts) == 3 and _text(source, parts[1]) in {"<:", ">:"}:
                yield parts[2]
        else:
            pending += parts


def _is_return_type(node: Node) -> bool:
    return node.type == "typed_expression" and _unwrapped(node).type == "call_expression"


def _result_types(head: Node) -> Iterator[Node]:
    """Yield the type that the head of a definition gives the result: ``f(x)::T``."""
    while _is_around_a_call(head):
        if _is_return_type(head):
            yield from _parts(head)[1:]
        head = _parts(head)[0]


def _is_around_a_call(node: Node) -> bool:
    """Tell whether a node may hold the call that a definition looks like."""
    if node.type == "parenthesized_expression":  # (f(x)::T) where T = 1
        return any(part.type in {"call_expression", "typed_expression"} for part in _parts(node))
    return node.type in {"signature", "where_expression", "typed_expression"} and bool(_parts(node))


def _unwrapped(node: Node) -> Node:
    while _is_around_a_call(node):
        node = _parts(node)[0]
    return node


def _signature(source: JuliaSource, node: Node) -> Signature:
    """Return the parameters in an argument list, or those before an arrow."""
    if node.type not in {"argument_list", "tuple_expression", "parenthesized_expression"}:
        return Signature((_parameter(source, node),))
    positional: list[Argument] = []
    keywords: list[Argument] = []
    after_semicolon = False
    for child in node.children:
        if child.type == ";":
            after_semicolon = True
        elif child.is_named and child.type not in _COMMENTS and _text(source, child).strip():
            (keywords if after_semicolon else positional).append(_parameter(source, child))
    return Signature(tuple(positional), tuple(keywords))


def _parameter(source: JuliaSource, node: Node) -> Argument:
    default: Code | None = None
    variadic = False
    while True:
        children = _parts(node)
        match node.type, len(children):
            case "identifier", _:
                return Argument(_text(source, node), default, variadic)
            case "named_argument" | "named_field" | "assignment", count if count >= 2:
                default, node = _lower(source, children[-1]), children[0]
            case "splat_expression", count if count:
                variadic, node = True, children[0]
            case "typed_expression", 2:
                node = children[0]
            case "macrocall_expression", 2:  # @nospecialize x
                node = children[1]
            case "macro_argument_list" | "argument_list", 1:
                node = children[0]
            case _:
                return Argument("", default, variadic)


def _import_item(source: JuliaSource, node: Node) -> ImportItem | None:
    if node.type != "selected_import":
        alias = _alias_parts(node)
        path = _import_path(source, alias[0]) if alias else None
        if path is None:
            return None
        return ImportItem(path, _text(source, alias[1]) if len(alias) > 1 else None)
    inner = _parts(node)
    path = _import_path(source, inner[0]) if inner else None
    if path is None:
        return None
    selected: list[ImportedName] = []
    for item in inner[1:]:
        names = [_dotted(source, part) for part in _alias_parts(item)]
        if names and names[0] is not None and names[-1] is not None:
            selected.append(ImportedName(names[0], names[-1][-1]))
    return ImportItem(path, None, tuple(selected))


def _alias_parts(node: Node) -> list[Node]:
    return _parts(node) if node.type == "import_alias" else [node]


def _import_path(source: JuliaSource, node: Node) -> ImportPath | None:
    names = _dotted(source, node)
    if names is None or not names[-1]:
        return None
    text = _text(source, node)
    return ImportPath(len(text) - len(text.lstrip(".")), names)


def _or_other(made: type[Code], count: int, most: int | None = None) -> _Made:
    """Return how a class is made of a node with so many parts; of another one, Other is."""

    def make(source: JuliaSource, node: Node) -> Code:
        code = made(source, node)
        found = len(code._nodes)
        fits = found >= count and (most is None or found <= most)
        return code if fits else Other(source, node)

    return (made,), make


def _make_field(source: JuliaSource, node: Node) -> Code:
    if _dotted(source, node) is not None:
        return Name(source, node)
    return (Field if len(_parts(node)) == 2 else Other)(source, node)


def _make_prefixed(source: JuliaSource, node: Node) -> Code:
    return (Name if _is_name(source, node) else String)(source, node)


def _make_group(source: JuliaSource, node: Node) -> Code:
    """Make the text in brackets: a comprehension, a collection, or a block."""
    if any(child.type in _CLAUSES for child in node.named_children):
        return Comprehension(source, node)
    return (Block if node.type == "parenthesized_expression" else Collection)(source, node)


def _make_call(source: JuliaSource, node: Node) -> Code:
    call = Call(source, node)
    has_arguments = any(part.type in _ARGUMENTS for part in call._nodes[1:])
    return call if has_arguments else Other(source, node)


def _make_assignment(source: JuliaSource, node: Node) -> Code:
    parts = _parts(node)
    if len(parts) < 2:
        return Other(source, node)
    left = parts[0]
    kind = left.type
    defines = kind in {"call_expression", "where_expression"}
    if kind == "typed_expression":
        defines = _unwrapped(left).type == "call_expression"
    code = (Function if defines else Assignment)(source, node)
    code.__dict__["_nodes"] = parts
    return code


_MAKERS: dict[str, _Made] = {
    "identifier": ((Name,), Name),
    "operator": ((Name,), Name),
    "macro_identifier": ((Name,), Name),
    "scoped_identifier": ((Name, Field), _make_field),
    "field_expression": ((Name, Field), _make_field),
    "parametrized_type_expression": _or_other(Parametrized, 1),
    "integer_literal": ((Integer,), Integer),
    "boolean_literal": ((Boolean,), Boolean),
    "string_literal": ((String,), String),
    "prefixed_string_literal": ((String, Name), _make_prefixed),
    "prefixed_command_literal": ((String,), String),
    "tuple_expression": ((Comprehension, Collection, Block), _make_group),
    "vector_expression": ((Comprehension, Collection, Block), _make_group),
    "open_tuple": ((Comprehension, Collection, Block), _make_group),
    "argument_list": ((Comprehension, Collection, Block), _make_group),
    "comprehension_expression": ((Comprehension,), Comprehension),
    "for_clause": ((Clause,), Clause),
    "if_clause": ((Clause,), Clause),
    "parenthesized_expression": ((Comprehension, Collection, Block), _make_group),
    "binary_expression": _or_other(Operation, 3, 3),
    "range_expression": _or_other(Operation, 2),
    "unary_expression": _or_other(Operation, 2, 2),
    "call_expression": ((Call,), _make_call),
    "broadcast_call_expression": ((Call,), _make_call),
    "macrocall_expression": ((MacroCall,), MacroCall),
    "named_argument": _or_other(Named, 2),
    "named_field": _or_other(Named, 2),
    "splat_expression": _or_other(Splat, 1),
    "index_expression": _or_other(Index, 2, 2),
    "typed_expression": _or_other(Typed, 1),
    "quote_expression": ((Quote,), Quote),
    "quote_statement": ((Quote,), Quote),
    "interpolation_expression": ((Interpolation,), Interpolation),
    "string_interpolation": ((Interpolation,), Interpolation),
    "compound_statement": ((Block,), Block),
    "source_file": ((Block,), Block),
    "if_statement": ((If,), If),
    "ternary_expression": _or_other(If, 3, 3),
    "for_statement": ((For,), For),
    "while_statement": ((While,), While),
    "let_statement": ((Let,), Let),
    "try_statement": ((Try,), Try),
    "finally_clause": ((Block,), Block),
    "else_clause": ((Block,), Block),
    "catch_clause": ((Catch,), Catch),
    "return_statement": ((Exit,), Exit),
    "break_statement": ((Exit,), Exit),
    "continue_statement": ((Exit,), Exit),
    "assignment": ((Function, Assignment), _make_assignment),
    "compound_assignment_expression": _or_other(Assignment, 2),
    "const_statement": ((Declaration,), Declaration),
    "global_statement": ((Declaration,), Declaration),
    "local_statement": ((Declaration,), Declaration),
    "function_definition": ((Function,), Function),
    "macro_definition": ((Function,), Function),
    "arrow_function_expression": ((Function,), Function),
    "do_clause": ((Function,), Function),
    "struct_definition": ((Struct,), Struct),
    "module_definition": ((Module,), Module),
    "using_statement": ((ImportStatement,), ImportStatement),
    "import_statement": ((ImportStatement,), ImportStatement),
    "export_statement": ((ExportStatement,), ExportStatement),
    "public_statement": ((ExportStatement,), ExportStatement),
    "ERROR": ((Broken,), Broken),
}


_IDENTIFIER = _LANGUAGE.id_for_node_kind("identifier", True)
_ERROR_KIND = 0xFFFF  # the number of "ERROR", which is no kind of the grammar


_MADE: dict[int, _Made] = {
    kind: _MAKERS[name]
    for kind, name in (
        *((kind, _LANGUAGE.node_kind_for_id(kind)) for kind in range(_LANGUAGE.node_kind_count)),
        (_ERROR_KIND, "ERROR"),
    )
    if name in _MAKERS
}
"""The same by the parser's numbers."""
_MAKER: dict[int, _Maker] = {kind: make for kind, (_, make) in _MADE.items()}


@cache
def _kinds(classes: tuple[type[Code], ...]) -> frozenset[int]:
    """Return the kinds of nodes that one of some classes may be made of."""
    return frozenset(
        kind for kind, (made, _) in _MADE.items() if any(one in classes for one in made)
    )
