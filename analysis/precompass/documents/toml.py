"""A TOML document with positions, read tolerantly.

Lines in the forms that Pkg writes are read as they are. Of all others tree-sitter gives the syntax
(its grammar is TOML 1.0, which is also what Julia reads up to 1.12). This module turns both into
tables in which every key, header and value has a span. A broken document still yields everything
outside the damage: it is then read statement by statement, and what cannot be read is reported as
a :class:`Fault`. A document that is valid TOML 1.1 only has no faults; what TOML 1.0 does not allow
in it is told apart.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import msgspec
import tomli

from precompass.documents import simple_lines
from precompass.documents.grammar import grammar
from precompass.documents.newer_toml import NewerPlace, as_older
from precompass.documents.text import LineIndex, Span
from precompass.documents.values import TomlScalar, TomlTable, TomlValue, UnsignedInteger
from precompass.memo import memoised

if TYPE_CHECKING:
    import tree_sitter  # imported where a text is not all in simple lines, which is seldom

MAX_DEPTH = 100
"""Nesting of arrays, inline tables and dotted keys beyond which a value is not read."""
MOST_DAMAGES = 1_000
"""Damaged statements behind which a broken text is not read: it is most likely no TOML at all."""
MOST_DAMAGED_BYTES = 2**18
"""Of a broken text that is read around its damage, and of all damaged statements together."""


class Fault(msgspec.Struct, frozen=True):
    """A place where the text is not TOML, or not TOML that anybody can use.

    Attributes:
        span: the text at fault.
        message: what is wrong, for a person.
        first: where the thing was defined first, for something defined twice.
        reopens_dotted: whether a header opens a table again that dotted keys have made.
    """

    span: Span
    message: str
    first: Span | None = None
    reopens_dotted: bool = False


class Key(msgspec.Struct, frozen=True, gc=False):
    """One part of a key or header: ``b`` in ``a.b = 1`` or ``[a.b]``."""

    name: str
    span: Span


class Scalar(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A string, number, boolean or date."""

    value: TomlScalar
    span: Span


class Array(msgspec.Struct, frozen=True, eq=False):
    """An array written with brackets, or an array of tables (``[[name]]``)."""

    items: Sequence[Node]
    span: Span
    of_headers: bool = False


class Header(msgspec.Struct, frozen=True):
    """A line ``[a.b]`` or ``[[a.b]]``; *block* is the header and the lines below it."""

    keys: tuple[Key, ...]
    span: Span
    block: Span


class Table(msgspec.Struct, frozen=True, eq=False):
    """A table, however it came to be.

    Attributes:
        entries: by key, in the order of the text.
        span: of an inline table its braces, else the first place that defines it.
        form: ``header`` (has its own header), ``implicit`` (made by a longer header),
            ``dotted`` (made by dotted keys) or ``inline``.
        header: the header of its own, if it has one.
    """

    entries: Mapping[str, Entry]
    span: Span
    form: Literal["root", "header", "implicit", "dotted", "inline"]
    header: Header | None = None

    def get(self, *path: str) -> Entry | None:
        """Return the entry at a path of keys below this table, or None."""
        entry: Entry | None = None
        node: Node = self
        for name in path:
            entry = node.entries.get(name) if isinstance(node, Table) else None
            if entry is None:
                return None
            node = entry.node
        return entry

    @property
    def below(self) -> Iterator[Node]:
        """The nodes below that are read already, among which are all that have headers."""
        entries = self.entries.known if isinstance(self.entries, _ReadLater) else self.entries
        return (entry.node for entry in entries.values())

    def table(self, *path: str) -> Table | None:
        """Return the table at a path of keys, or None where there is none."""
        if not path:
            return self
        entry = self.get(*path)
        return entry.node if entry is not None and isinstance(entry.node, Table) else None


Node: TypeAlias = Scalar | Array | Table


class Entry(msgspec.Struct, frozen=True, eq=False):
    """A key with its value.

    Attributes:
        key: the key where it is (first) written.
        node: the value.
        statement: the whole ``key = value``; None for a table made by a header.
        path: all keys of the statement, for a dotted key more than one.
    """

    key: Key
    node: Node
    statement: Span | None
    path: tuple[Key, ...] = ()


class Comment(msgspec.Struct, frozen=True):
    """A comment, from ``#`` to the end of its line."""

    text: str
    span: Span


class _Built(NamedTuple):
    """What a text holds.

    Attributes:
        root: the top level.
        faults: what is wrong.
        comments: where the comments are; of a broken text, those outside the damage.
        newer: what only TOML 1.1 allows.
        unread_from: where a broken text begins that was not read.
    """

    root: Table
    faults: tuple[Fault, ...]
    comments: Sequence[Span]
    newer: tuple[Fault, ...]
    unread_from: int | None


class _Syntax(NamedTuple):
    """The syntax of a text with lines in other than simple forms.

    Attributes:
        data: the text that was read, in UTF-8; what only TOML 1.1 allows is covered in it.
        root: the tree of it.
        newer: what is covered.
    """

    data: bytes
    root: tree_sitter.Node
    newer: Sequence[NewerPlace]


class TomlDocument:
    """A TOML text, its tables with positions, and its faults. Made by :func:`parse_toml`.

    Of most manifests nothing but the values is ever asked for. These come from a fast parser
    without positions; the tables are read when a place is asked for, or when the fast parser has
    refused the text. The syntax they are read from, 26 times as large as its text, is not kept.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @property
    def _is_given_up(self) -> bool:
        return self._strict_values is None and len(self.text) > MOST_DAMAGED_BYTES

    def _parse(self, data: bytes) -> _Syntax:
        root = _new_parser().parse(data).root_node
        if root.has_error and self._strict_values is not None:
            older, places = as_older(data)
            covered = _new_parser().parse(older).root_node
            if not covered.has_error:
                return _Syntax(older, covered, places)
        return _Syntax(data, root, ())

    @cached_property
    def lines(self) -> LineIndex:
        """The lines of the text."""
        return LineIndex(self.text)

    @cached_property
    def _built(self) -> _Built:
        text = "" if self._is_given_up else self.text
        data = text.encode("utf-8", "surrogatepass")
        is_valid = self._strict_values is not None
        blocks = simple_lines.blocks(data)
        if blocks is not None:
            return _Builder(text, data).build_simple(blocks, is_valid=is_valid)
        syntax = self._parse(data)
        return _Builder(text, syntax.data).build(syntax, is_valid=is_valid)

    @cached_property
    def unread_from(self) -> int | None:
        """Where the text begins that was not read because of too much damage; most often None."""
        return 0 if self._is_given_up else self._built.unread_from if self.faults else None

    @cached_property
    def root(self) -> Table:
        """The top level of the document."""
        return self._built.root

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the text, in its order; empty exactly if it is valid TOML 1.1."""
        if self._strict_values is not None:
            return ()
        faults = self._built.faults
        if not faults:
            faults = (self._fault_of_strict_parser(),)
        return tuple(sorted(faults, key=lambda fault: fault.span))

    @property
    def newer_syntax(self) -> tuple[Fault, ...]:
        """What is valid in TOML 1.1 and not in TOML 1.0, in the order of the text."""
        return self._built.newer

    @cached_property
    def values(self) -> TomlTable:
        """The plain values; of a broken document, what could be read.

        Integers in hexadecimal, octal or binary are plain integers here, because the fast
        parser does not tell; where Julia's types matter, use :func:`plain` of a node.
        """
        if self._strict_values is not None:
            return self._strict_values
        values = plain(self.root)
        assert isinstance(values, Mapping)  # noqa: S101 - a table is plainly a mapping
        return values

    @cached_property
    def comments(self) -> tuple[Comment, ...]:
        """All comments, in the order of the text; of a broken text, those outside the damage."""
        spans = self._built.comments
        return tuple(Comment(self.text[span.start : span.end], span) for span in spans)

    @cached_property
    def _strict_values(self) -> TomlTable | None:
        return values_of(self.text)

    def _fault_of_strict_parser(self) -> Fault:
        try:
            tomli.loads(self.text)
        except tomli.TOMLDecodeError as error:
            line = self.lines.line_span(self.lines.line_of(min(error.pos, len(self.text))))
            start = min(error.pos, line.end)
            return Fault(Span(start, max(start, line.end)), _sentence(error.msg))
        except (ValueError, RecursionError) as error:
            return Fault(Span(0, 0), _sentence(str(error)))
        return Fault(Span(0, 0), "This is not valid TOML")


@memoised(size=lambda _, text: len(text), ahead=len)
def parse_toml(text: str) -> TomlDocument:
    """Read a TOML text. Never raises: see :attr:`TomlDocument.faults`."""
    return TomlDocument(text)


def values_of(text: str) -> TomlTable | None:
    """Return the plain values of a valid text without its positions, which take longer; or None.

    None does not mean that the text is not valid: it may be TOML 1.1.
    """
    try:
        text.encode()  # what is no UTF-8 is no TOML, and tomli takes it in strings and comments
        return tomli.loads(text)
    except (ValueError, RecursionError):
        return None


def plain(node: Node) -> TomlValue:
    """Return the value of a node without positions, with the types Julia tells apart."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Array):
        return [plain(item) for item in node.items]
    if isinstance(node.entries, _ReadLater):
        values = node.entries.unread_values()
        if values is not None:
            return values
    return {name: plain(entry.node) for name, entry in node.entries.items()}


def _sentence(message: str) -> str:
    if message.startswith("Illegal character '\\n'"):
        return "This string is not closed"
    return message[:1].upper() + message[1:]


_SMALL_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")
_BOOLEANS = {"true": True, "false": False}
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


class _CodePoints:
    """Code point offsets of byte offsets."""

    def __init__(self, text: str, data: bytes) -> None:
        self._wide: list[int] = []  # byte offset behind each character of several bytes
        self._excess: list[int] = [0]  # bytes beyond one per character, so far
        if len(text) != len(data):
            for match in _NOT_ASCII.finditer(text):
                width = len(match.group().encode("utf-8", "surrogatepass"))
                excess = self._excess[-1] + width - 1
                self._wide.append(match.end() + excess)
                self._excess.append(excess)

    def offset(self, byte: int) -> int:
        return byte - self._excess[bisect.bisect_right(self._wide, byte)] if self._wide else byte


class _ReadLater(Mapping[str, Entry]):
    """Entries that are read when somebody looks at them, into a dictionary.

    A manifest has a ``[[deps.Name]]`` for each of hundreds of packages, and few of them are
    ever asked where something is in them.

    Args:
        builder: reads them.
        place: where their lines are, with the header above them.
        into: the table that they are put into.
        depth: how many keys the header has.
    """

    __slots__ = ("_builder", "_depth", "_into", "_place")

    def __init__(
        self, builder: _Builder, place: simple_lines.Range, into: _OpenTable, depth: int
    ) -> None:
        self._builder: _Builder | None = builder
        self._place = place
        self._into = into
        self._depth = depth

    @property
    def known(self) -> Mapping[str, Entry]:
        """The entries that have been read; those with headers are always among them."""
        return self._into.entries

    def unread_values(self) -> TomlTable | None:
        """Return the values of entries that have not been read; None if that takes reading them."""
        return None if self._builder is None else self._builder.plain_lines(self._place[0])

    def read(self) -> dict[str, Entry]:
        if self._builder is not None:
            builder, self._builder = self._builder, None
            builder.read_lines(*self._place, self._into, self._depth)
        return self._into.entries

    def __getitem__(self, name: str) -> Entry:
        return self.read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.read())

    def __len__(self) -> int:
        return len(self.read())


class _OpenTable(msgspec.Struct):
    """A table while it is being filled; *table* is the view that is handed out."""

    table: Table
    entries: dict[str, Entry]
    children: dict[str, _OpenTable | list[_OpenTable]] = msgspec.field(default_factory=dict)
    closed: bool = False  # inline tables, and tables whose form no later line may extend

    def read(self) -> None:
        """Read what was left for later."""
        if isinstance(self.table.entries, _ReadLater):
            self.table.entries.read()


@cache
def _language() -> tree_sitter.Language:
    return grammar("tree_sitter_toml")


def _new_parser() -> tree_sitter.Parser:
    import tree_sitter

    return tree_sitter.Parser(_language())


@cache
def _comments() -> tree_sitter.Query:
    import tree_sitter

    return tree_sitter.Query(_language(), "(comment) @comment")


def _comments_of(syntax: tree_sitter.Node) -> Sequence[tuple[int, int]]:
    """Return where the comments of sound syntax begin and end, in bytes."""
    import tree_sitter

    found = tree_sitter.QueryCursor(_comments()).captures(syntax).get("comment", [])
    return sorted((node.start_byte, node.end_byte) for node in found)


class _Builder:
    """Builds the tables of a document from its syntax, statement by statement."""

    def __init__(self, text: str, data: bytes) -> None:
        self._text = text
        self._data = data
        self._offset_of = _CodePoints(text, data).offset
        self._is_ascii = len(text) == len(data)
        self._shift = 0  # byte offset of the syntax tree now being read
        self._faults: list[Fault] = []
        self._comments: list[Span] = []
        self._unread_from: int | None = None
        self._root = self._open(Span(0, len(text)), "root", None)
        self._current: _OpenTable | None = self._root
        self._header_depth = 0  # how many keys lead to it

    @cached_property
    def _parser(self) -> tree_sitter.Parser:
        return _new_parser()

    def build_simple(self, blocks: Sequence[simple_lines.Block], *, is_valid: bool) -> _Built:
        """Return what a text holds whose lines are all in simple forms."""
        for block in blocks:
            self._read_simple_block(block, later=is_valid)
        return self._built(())

    def build(self, syntax: _Syntax, *, is_valid: bool) -> _Built:
        """Return what the text holds.

        Of a document that *is_valid* TOML, which then has no fault, the tables of arrays are
        read when somebody looks at them.
        """
        if syntax.root.has_error:
            self._read_statement_by_statement()
        else:
            self._read_blocks(syntax.root, later=is_valid)
            self._take_comments(syntax.root)
        return self._built(syntax.newer)

    def _built(self, places: Sequence[NewerPlace]) -> _Built:
        newer = tuple(
            Fault(
                Span(self._offset_of(place.start), self._offset_of(place.end)),
                _sentence(f"{place.what} needs TOML 1.1"),
            )
            for place in places
        )
        root = self._root.table
        del self._root  # what is read later holds the builder, and must not hold itself
        self._current = None
        return _Built(root, tuple(self._faults), self._comments, newer, self._unread_from)

    # Reading lines in simple forms

    def _read_simple_block(self, block: simple_lines.Block, *, later: bool) -> None:
        """Read a header and the lines below it; if *later*, those of arrays when asked for."""
        self._comments += map(self._range, simple_lines.comments(self._data, block))
        if block.header is not None:
            keys = tuple(map(self._simple_key, block.header.keys))
            start = self._offset_of(block.start)
            span = Span(start, self._offset_of(block.header.end))
            header = Header(keys, span, Span(start, self._offset_of(block.end)))
            is_left = later and block.header.is_array
            place = (block.start, block.end) if is_left else None
            self._enter(header, is_array=block.header.is_array, later=place)
            if is_left:
                return
        for pair in simple_lines.pairs(self._data, block):
            self._read_simple_pair(pair, self._current)

    def _read_simple_pair(self, pair: simple_lines.Pair, into: _OpenTable | None) -> None:
        key, span = self._simple_key(pair.key), self._range(pair.value)
        text = self._text[span.start : span.end]
        node: Node
        if text.startswith("["):
            places = map(self._range, simple_lines.items(self._data, pair))
            items = (Scalar(self._text[one.start + 1 : one.end - 1], one) for one in places)
            node = Array(tuple(items), span)
        else:
            node = Scalar(self._read_leaf(text, span), span)
        self._put(into, (key,), node)

    def _simple_key(self, place: simple_lines.Range) -> Key:
        span = self._range(place)
        return Key(self._text[span.start : span.end], span)

    def _range(self, place: simple_lines.Range) -> Span:
        if self._is_ascii:
            return Span(*place)
        return Span(self._offset_of(place[0]), self._offset_of(place[1]))

    # Reading syntax

    def _read_blocks(
        self, document: tree_sitter.Node, block_end: int | None = None, *, later: bool = False
    ) -> None:
        """Read pairs and tables.

        Args:
            document: the syntax of a document, or of one statement.
            block_end: where the last table's lines end, if that is not where its syntax does.
            later: whether the pairs of ``[[name]]`` are left for when they are asked for.
        """
        for child in document.children:
            if child.type == "pair":
                self._read_pair(child)
            elif child.type in ("table", "table_array_element"):
                block = self._span(child)
                if block_end is not None:
                    block = Span(block.start, block_end)
                self._read_header(child, block, later=later)
                if not later or child.type == "table":
                    for part in child.children:
                        if part.type == "pair":
                            self._read_pair(part)

    def _read_statement_by_statement(self) -> None:
        """Read a broken document: each statement by itself, going on behind what fails."""
        lines = self._data.splitlines(keepends=True)
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line))
        headers = [number for number, line in enumerate(lines) if _HEADER_START.match(line)]
        damages = damaged = number = 0
        while number < len(lines):
            if not lines[number].strip():
                number += 1
                continue
            if damages > MOST_DAMAGES or damaged > MOST_DAMAGED_BYTES:
                self._unread_from = self._offset_of(starts[number])
                break
            block = simple_lines.block_at(self._data, starts[number])
            if block is not None and block.header is not None:
                has_fault = simple_lines.repeats_a_key(self._data, block)
                self._read_simple_block(block, later=not has_fault)
                number = bisect.bisect_left(starts, block.end)
                continue
            pair = simple_lines.pair_at(self._data, starts[number])
            if pair is not None and self._header_depth + 2 <= MAX_DEPTH:
                self._read_simple_pair(pair, self._current)
                number += 1
                continue
            stop = number + 1
            syntax = self._parser.parse(lines[number]).root_node
            if syntax.has_error and _KEY_START.match(lines[number]):
                stop = _end_of_statement(self._data, lines, starts, number)
                syntax = self._parser.parse(b"".join(lines[number:stop])).root_node
            if syntax.has_error:
                damages += 1
                damaged += starts[stop] - starts[number]
                self._report(starts[number], lines[number:stop])
                if _HEADER_START.match(lines[number]):
                    self._current = None  # the keys below it belong to nobody we know
                number = _behind_damage(lines, number)
                continue
            self._shift = starts[number]
            following = bisect.bisect_left(headers, stop)
            end = starts[headers[following] if following < len(headers) else len(lines)]
            self._read_blocks(syntax, self._offset_of(end))
            if any(b"#" in line for line in lines[number:stop]):
                self._take_comments(syntax)
            number = stop
        self._shift = 0

    def _take_comments(self, syntax: tree_sitter.Node) -> None:
        self._comments += [
            Span(self._offset_of(self._shift + start), self._offset_of(self._shift + end))
            for start, end in _comments_of(syntax)
        ]

    def _report(self, start: int, lines: Sequence[bytes]) -> None:
        """Report a damaged statement where it goes wrong, in one of its *lines*."""
        message, at = "This line is not valid TOML", None
        # The parser counts a CRLF as one character.
        text = b"".join(lines).decode("utf-8", "replace").replace("\r\n", "\n")
        try:
            tomli.loads(text)
        except tomli.TOMLDecodeError as error:
            message, at = error.msg, error.pos
        except (ValueError, RecursionError):
            pass
        before = 0  # code points of the lines in front
        for line in lines[:-1]:
            length = len(line.replace(b"\r\n", b"\n").decode("utf-8", "replace"))
            if at is None or at < before + length:
                break
            before += length
            start += len(line)
        else:
            line = lines[-1]
        content = line.rstrip(b"\r\n")
        indent = len(content) - len(content.lstrip())
        fault = Span(self._offset_of(start + indent), self._offset_of(start + len(content)))
        if at is not None:
            place = min(self._offset_of(start) + at - before, fault.end)
            if fault.start < place < fault.end:
                fault = Span(place, fault.end)
            rest = text[at:].partition("\n")[0].strip()
            message = _in_words(message, content.decode("utf-8", "replace"), rest)
        self._faults.append(Fault(fault, _sentence(message)))

    def _span(self, node: tree_sitter.Node) -> Span:
        start, end = node.byte_range
        if self._is_ascii:
            return Span(self._shift + start, self._shift + end)
        return Span(self._offset_of(self._shift + start), self._offset_of(self._shift + end))

    def _read_keys(self, node: tree_sitter.Node, depth: int = 0) -> tuple[Key, ...]:
        if node.type == "bare_key" and depth < MAX_DEPTH:  # as nearly all are
            span = self._span(node)
            return (Key(self._text[span.start : span.end], span),)
        keys: list[Key] = []
        pending = [node]
        while pending:
            part = pending.pop()
            if part.type == "dotted_key":
                pending.extend(child for child in reversed(part.children) if child.type != ".")
            else:
                span = self._span(part)
                text = self._text[span.start : span.end]
                name = text if part.type == "bare_key" else self._read_quoted_key(text, span)
                keys.append(Key(name, span))
        allowed = max(1, MAX_DEPTH - depth)
        if len(keys) > allowed:
            self._fault(keys[allowed].span, "This key is nested too deeply")
            keys = keys[:allowed]
        return tuple(keys)

    def _read_quoted_key(self, text: str, span: Span) -> str:
        value = self._read_leaf(text, span)
        return value if isinstance(value, str) else text

    def _read_leaf(self, text: str, span: Span) -> TomlScalar:
        """Return the value of a scalar's text; a fault is reported and the text kept."""
        if text[:1] == '"' and '"' not in text[1:-1] and "\\" not in text:
            return text[1:-1]
        if text in _BOOLEANS:
            return _BOOLEANS[text]
        if _SMALL_NUMBER.fullmatch(text):
            return int(text)
        try:
            value: TomlScalar = tomli.loads(f"x = {text}")["x"]
        except tomli.TOMLDecodeError as error:
            self._fault(span, _sentence(error.msg))
            return text
        except ValueError:  # Python reads no integers of more than some thousand digits
            self._fault(span, "This number is too long")
            return text
        if type(value) is int and text[1:2] in ("x", "o", "b"):
            return UnsignedInteger(value)
        return value

    def _read_value(self, node: tree_sitter.Node, depth: int) -> Node:
        span, kind = self._span(node), node.type
        if depth > MAX_DEPTH:
            self._fault(span, "This value is nested too deeply")
            return Scalar("", span)
        if kind == "array":
            items = [
                self._read_value(child, depth + 1)
                for child in node.children
                if child.is_named and child.type != "comment"
            ]
            return Array(tuple(items), span)
        if kind == "inline_table":
            table = self._open(span, "inline", None)
            for child in node.children:
                if child.type == "pair":
                    self._read_pair(child, table, depth)
            _close(table)
            return table.table
        return Scalar(self._read_leaf(self._text[span.start : span.end], span), span)

    def _read_pair(
        self, pair: tree_sitter.Node, into: _OpenTable | None = None, depth: int | None = None
    ) -> None:
        depth = self._header_depth if depth is None else depth
        parts = pair.named_children
        if any(part.type == "comment" for part in parts):
            parts = [part for part in parts if part.type != "comment"]
        keys = self._read_keys(parts[0], depth)
        node = self._read_value(parts[1], depth + len(keys))
        self._put(into if into is not None else self._current, keys, node)

    def _put(self, target: _OpenTable | None, keys: tuple[Key, ...], node: Node) -> None:
        """Put a value into a table; into none if nobody knows to which its statement belongs."""
        if target is None:
            return
        statement = Span(keys[0].span.start, node.span.end)
        for position, key in enumerate(keys[:-1]):
            child = target.children.get(key.name)
            existing = target.entries.get(key.name)
            if existing is None:
                span = Span(keys[0].span.start, keys[position].span.end)
                made = self._open(span, "dotted", None)
                target.entries[key.name] = Entry(key, made.table, statement, keys[: position + 1])
                target.children[key.name] = made
                target = made
            elif isinstance(child, _OpenTable) and child.table.form == "implicit":
                opened = self._open(child.table.span, "dotted", None, child)
                target.entries[key.name] = Entry(existing.key, opened.table, None)
                target.children[key.name] = opened
                target = opened
            elif (
                isinstance(child, _OpenTable) and child.table.form == "dotted" and not child.closed
            ):
                target = child
            else:
                self._report_twice(key, existing)
                return
        last = keys[-1]
        existing = target.entries.get(last.name)
        if existing is not None:
            self._report_twice(last, existing)
            return
        target.entries[last.name] = Entry(last, node, statement, keys)

    def _read_header(self, table: tree_sitter.Node, block: Span, *, later: bool) -> None:
        _, key, closing = (table.child(number) for number in range(3))
        assert key is not None  # noqa: S101 - a header is a bracket, a key, a bracket
        assert closing is not None  # noqa: S101
        keys = self._read_keys(key)
        span = Span(block.start, self._span(closing).end)
        header = Header(keys, span, block)
        is_array = table.type != "table"
        place = (table.start_byte, table.end_byte) if later and is_array else None
        self._enter(header, is_array=is_array, later=place)

    def _enter(self, header: Header, *, is_array: bool, later: simple_lines.Range | None) -> None:
        """Begin a table; the lines *later*, header included, are read when somebody asks."""
        keys, span = header.keys, header.span
        self._header_depth = len(keys)
        target = self._root
        for part in keys[:-1]:
            child = target.children.get(part.name)
            existing = target.entries.get(part.name)
            if existing is None:
                made = self._open(span, "implicit", None)
                target.entries[part.name] = Entry(part, made.table, None)
                target.children[part.name] = made
                target = made
            elif isinstance(child, list):
                target = child[-1]
                target.read()
            elif isinstance(child, _OpenTable) and not child.closed:
                target = child
            else:
                self._report_twice(part, existing)
                self._current = None
                return
        if is_array:
            self._enter_array_of_tables(target, header, later)
        else:
            self._enter_table(target, header)

    def _enter_table(self, parent: _OpenTable, header: Header) -> None:
        key = header.keys[-1]
        existing = parent.entries.get(key.name)
        child = parent.children.get(key.name)
        if existing is None:
            opened = self._open(header.span, "header", header)
            parent.entries[key.name] = Entry(key, opened.table, None)
            parent.children[key.name] = opened
        elif isinstance(child, _OpenTable) and child.table.form == "implicit":
            opened = self._open(header.span, "header", header, child)
            parent.entries[key.name] = Entry(key, opened.table, None)
            parent.children[key.name] = opened
        else:
            form = child.table.form if isinstance(child, _OpenTable) else None
            self._report_twice(key, existing, reopens_dotted=form == "dotted")
            # What stands below a repeated header is still this table's to a reader.
            again = child[-1] if isinstance(child, list) else child
            if again is not None and again.table.form in ("header", "dotted"):
                again.read()
                self._current = again
            else:
                self._current = None
            return
        self._current = opened

    def _enter_array_of_tables(
        self, parent: _OpenTable, header: Header, later: simple_lines.Range | None
    ) -> None:
        """Begin a table of an array; the lines *later* are read when somebody asks."""
        key = header.keys[-1]
        existing = parent.entries.get(key.name)
        child = parent.children.get(key.name)
        opened = self._open(header.span, "header", header)
        if later is not None:
            opened = self._opened_later(opened, later, len(header.keys))
        if existing is None:
            tables: list[Node] = [opened.table]
            parent.entries[key.name] = Entry(key, Array(tables, header.span, True), None)
            parent.children[key.name] = [opened]
        elif isinstance(child, list) and isinstance(existing.node, Array):
            items = existing.node.items
            assert isinstance(items, list)  # noqa: S101 - made above, still being filled
            items.append(opened.table)
            child.append(opened)
        else:
            self._report_twice(key, existing)
            self._current = None
            return
        self._current = opened

    def _opened_later(self, table: _OpenTable, place: simple_lines.Range, depth: int) -> _OpenTable:
        """Return a table whose entries are those of *table* once it has those of some lines.

        Their syntax is not kept until then: that of a whole manifest is larger than its tables.
        """
        entries = _ReadLater(self, place, table, depth)
        view = Table(entries, table.table.span, table.table.form, table.table.header)
        return _OpenTable(view, table.entries, table.children)

    def read_lines(self, start: int, end: int, into: _OpenTable, depth: int) -> None:
        """Read the pairs of a table, whose lines begin with its header."""
        block = simple_lines.block_at(self._data, start)
        if block is not None:
            for pair in simple_lines.pairs(self._data, block):
                self._read_simple_pair(pair, into)
            return
        root = self._parser.parse(self._data[start:end]).root_node
        self._shift = start
        for part in root.children[0].children:
            if part.type == "pair":
                self._read_pair(part, into, depth)
        self._shift = 0

    def plain_lines(self, start: int) -> TomlTable | None:
        """Return the values of the table whose header begins at a byte.

        None if a line of it is more than a key and a value, or a comment, or is not valid.
        """
        block = simple_lines.block_at(self._data, start)
        return None if block is None else values_of(self._data[block.body : block.end].decode())

    def _open(
        self,
        span: Span,
        form: Literal["root", "header", "implicit", "dotted", "inline"],
        header: Header | None,
        extended: _OpenTable | None = None,
    ) -> _OpenTable:
        """Start a table; *extended* is the implicit table that a header now defines."""
        entries: dict[str, Entry] = extended.entries if extended else {}
        opened = _OpenTable(Table(entries, span, form, header), entries)
        if extended:
            opened.children = extended.children
        return opened

    # Reporting

    def _fault(self, span: Span, message: str) -> None:
        self._faults.append(Fault(span, message))

    def _report_twice(self, key: Key, existing: Entry, *, reopens_dotted: bool = False) -> None:
        what = "table" if isinstance(existing.node, Table) else "key"
        message = f"The {what} `{key.name}` is defined twice"
        self._faults.append(Fault(key.span, message, existing.key.span, reopens_dotted))


def _close(table: _OpenTable) -> None:
    table.closed = True
    for child in table.children.values():
        if isinstance(child, _OpenTable):
            _close(child)


_NOT_CLOSED = ("Unclosed array", "Unclosed inline table")
"""What the strict parser says where it expected a comma or a closing bracket."""
_HEADER_LINE = re.compile(r"\s*\[\[?\s*[A-Za-z_][\w.-]*\s*\]\]?\s*(?:#.*)?")
_HEADER_START = re.compile(rb"[ \t]*\[")
_KEY_START = re.compile(rb"""(?:[A-Za-z0-9_.\- \t]|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')+=""")
_TOKEN = re.compile(
    rb'''"""(?:\\.|[^\\])*?(?:"""|\Z)|'''
    rb"""'''.*?(?:'''|\Z)|"""
    rb"""#[^\n]*|"(?:[^"\\\n]|\\[^\n])*"|'[^'\n]*'|[\[\]\n]""",
    re.DOTALL,
)


def _in_words(message: str, line: str, rest: str) -> str:
    """Return what the strict parser says in words that tell what to do.

    Args:
        message: as the parser has it.
        line: the line of the fault.
        rest: what follows the fault in that line.
    """
    is_header = _HEADER_LINE.fullmatch(line) is not None
    if message in _NOT_CLOSED and rest:
        if is_header:
            return f"The {message.removeprefix('Unclosed ')} in front of this is not closed"
        return "A comma is missing in front of this"
    if message != "Invalid value":
        return message
    if is_header:
        return "The array in front of this is not closed"
    if not rest or rest.startswith("#"):
        return "A value is missing"
    if rest.partition(" ")[0].rstrip(",]}").lower() in ("true", "false"):
        return "TOML writes `true` and `false` in lower case"
    return "This is not a value: text needs quotation marks" if rest[0].isalpha() else message


def _behind_damage(lines: list[bytes], damaged: int) -> int:
    """Return the next line that can begin a statement: what is between is one damage."""
    if not _KEY_START.match(lines[damaged]):
        return damaged + 1
    for number in range(damaged + 1, len(lines)):
        if _KEY_START.match(lines[number]) or _HEADER_START.match(lines[number]):
            return number
    return len(lines)


def _end_of_statement(data: bytes, lines: list[bytes], starts: list[int], first: int) -> int:
    """Return the number of the line behind the statement that begins in line *first*.

    A statement goes on over the lines of its strings, and until its brackets are closed; if
    they never are, it ends before the next line that looks like ``key =``.
    """
    depth = 0
    for token in _TOKEN.finditer(data, starts[first]):
        if token.group() == b"[":
            depth += 1
        elif token.group() == b"]":
            depth -= 1
        elif token.group() == b"\n":
            number = bisect.bisect_left(starts, token.end())
            if depth <= 0 or number == len(lines) or _KEY_START.match(lines[number]):
                return number
    return len(lines)
