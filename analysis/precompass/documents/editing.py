"""Changes of a TOML text that leave everything else in it as it is, to the byte.

Each function takes a text and returns the changed text, or None where it cannot make the
change safely: where the text is broken, or where the result, read again, is not exactly
the old values with the one change. New keys and values are written by tomlkit; what is
removed or replaced is cut out by its position.

Comments are never lost. A comment on a separate line stays where it is; a comment at the
end of a line that goes stays as a separate line, in its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from precompass.documents.text import Span, TextEdit, apply_edits
from precompass.documents.toml import Array, Entry, Node, Table, TomlDocument, parse_toml, plain
from precompass.documents.values import TomlValue

Path = tuple[str, ...]


def set_value(
    text: str,
    path: Path,
    value: TomlValue,
    *,
    after: Path | None = None,
    in_order: bool = False,
) -> str | None:
    """Set the value at *path*, making its table where there is none.

    A new table is behind the table *after*, if that is given and there, else at the end.
    A new key is behind the last one; with *in_order*, in its place in the alphabet, if the
    keys that are there are in that order.
    """
    document = parse_toml(text)
    if document.faults:
        return None
    existing = document.root.get(*path)
    changed = (
        _with_new_key(document, path, value, after, in_order)
        if existing is None
        else _replaced(text, existing.node.span, _written(value))
    )
    return _checked(text, changed, lambda values: _assign(values, path, value))


def rename_key(text: str, path: Path, name: str) -> str | None:
    """Give the key or header at *path* another name; its table must not have that yet.

    A table that has several headers, such as ``[a]`` and ``[a.b]``, keeps its name.
    """
    document = parse_toml(text)
    entry = document.root.get(*path)
    if document.faults or entry is None:
        return None
    changed = _replaced(text, entry.key.span, written_key(name))

    def change(values: dict[str, TomlValue]) -> None:
        value = _at(values, path)
        _delete(values, path)
        _assign(values, (*path[:-1], name), value)

    return _checked(text, changed, change)


def rename_everywhere(
    text: str, keys: Collection[Path], strings: Collection[Span], old: str, new: str
) -> tuple[TextEdit, ...] | None:
    """Return the edits that give keys and strings of a text another name, or None.

    None where the text is broken, where a table has a key of the new name already, or where
    something that has the old name cannot be reached.

    Args:
        text: the text.
        keys: where the keys are; each is renamed in every header and dotted key that has it.
        strings: the strings that are *old*, or begin with it and a dot, with their quotes.
        old: the name.
        new: the other name.
    """
    document = parse_toml(text)
    if document.faults:
        return None
    edits: dict[Span, TextEdit] = {}
    for path in keys:
        if document.root.get(*path[:-1], new) is not None:
            return None
        for span in key_spans(document, path):
            edits[span] = TextEdit(span, written_key(new))
    for span in strings:
        inner = Span(span.start + 1, span.start + 1 + len(old))
        if text[inner.start : inner.end] != old:
            return None
        edits[span] = TextEdit(inner, new)
    ordered = tuple(edits[span] for span in sorted(edits))
    expected = _renamed(document.root, (), frozenset(keys), frozenset(strings), old, new)
    after = _checked(text, apply_edits(text, ordered), lambda _: None, expected)
    return ordered if after is not None else None


def _renamed(
    node: Node,
    at: Path,
    keys: frozenset[Path],
    strings: frozenset[Span],
    old: str,
    new: str,
) -> Any:
    """Return the values of a tree with the new name for some keys and strings."""
    if isinstance(node, Table):
        return {
            new if (*at, name) in keys else name: _renamed(
                entry.node, (*at, name), keys, strings, old, new
            )
            for name, entry in node.entries.items()
        }
    if isinstance(node, Array):
        return [_renamed(item, at, keys, strings, old, new) for item in node.items]
    if node.span in strings and isinstance(node.value, str):
        return new + node.value.removeprefix(old)
    return plain(node)


def key_spans(document: TomlDocument, path: Path) -> tuple[Span, ...]:
    """Return every place where the key at *path* is written: in headers and in dotted keys."""
    return tuple(sorted(set(_key_spans(document.root, (), path))))


def _key_spans(table: Table, at: Path, path: Path) -> Iterator[Span]:
    index = len(path) - 1
    for name, entry in table.entries.items():
        here = (*at, name)
        if here[: len(path)] != path[: len(here)]:
            continue
        written = entry.path or (entry.key,)
        if entry.statement is not None and 0 <= index - len(here) + len(written) < len(written):
            yield written[index - len(here) + len(written)].span
        tables = entry.node.items if isinstance(entry.node, Array) else (entry.node,)
        for below in tables:
            if not isinstance(below, Table):
                continue
            if below.header is not None and len(below.header.keys) > index:
                yield below.header.keys[index].span
            yield from _key_spans(below, here, path)


def replace_table(
    text: str, path: Path, new_path: Path, key: str, *, value: TomlValue
) -> str | None:
    """Put a table with one key in the place of a table with one key, header and line alike.

    The old table has to have a separate header, and no comment within its value; the new one
    must not be there yet.
    """
    document = parse_toml(text)
    table = document.root.table(*path)
    if document.faults or table is None or table.header is None or len(table.entries) != 1:
        return None
    (entry,) = table.entries.values()
    if entry.statement is None or document.root.get(*new_path) is not None:
        return None
    if any(
        entry.statement.start <= found.span.start < entry.statement.end
        for found in document.comments
    ):
        return None
    header, line = f"[{_written_path(new_path)}]", f"{written_key(key)} = {_written(value)}"
    changed = _replaced(_replaced(text, entry.statement, line), table.header.span, header)

    def change(values: dict[str, TomlValue]) -> None:
        _delete(values, (*path, entry.key.name))
        _assign(values, (*new_path, key), value)

    return _checked(text, changed, change)


def remove_value(text: str, path: Path) -> str | None:
    """Remove the key at *path*, and every table that is left empty by it.

    A table that was empty before, or whose header has other tables below it, stays.
    """
    document = parse_toml(text)
    if document.faults or document.root.get(*path) is None:
        return None
    changed = _without(document, path)
    return _checked(text, changed, lambda values: _delete(values, path))


def remove_array_items(text: str, path: Path, unwanted: Sequence[TomlValue]) -> str | None:
    """Remove the elements equal to one of *unwanted* from the array at *path*."""
    document = parse_toml(text)
    entry = document.root.get(*path)
    if document.faults or entry is None or not isinstance(entry.node, Array):
        return None
    array = entry.node
    keep = [item for item in array.items if plain(item) not in unwanted]
    if len(keep) == len(array.items):
        return None
    changed = _without_items(document, array, keep)

    def change(values: dict[str, TomlValue]) -> None:
        _assign(values, path, [plain(item) for item in keep])

    return _checked(text, changed, change)


def add_array_item(text: str, path: Path, value: TomlValue) -> str | None:
    """Add an element to the end of the array at *path*, on its own line if the last one has one."""
    document = parse_toml(text)
    entry = document.root.get(*path)
    if document.faults or entry is None or not isinstance(entry.node, Array):
        return None
    array = entry.node
    if array.items:
        last = array.items[-1].span
        line = _full_lines(document, last.start, last.end)
        has_line = not text[line.start : last.start].strip()
        between = _newline(text) + _indent(document, last.start) if has_line else " "
        changed = f"{text[: last.end]},{between}{_written(value)}{text[last.end :]}"
    else:
        start = array.span.start + 1
        changed = f"{text[:start]}{_written(value)}{text[start:]}"

    def change(values: dict[str, TomlValue]) -> None:
        _assign(values, path, [*(plain(item) for item in array.items), value])

    return _checked(text, changed, change)


def smallest_edits(before: str, after: str) -> tuple[TextEdit, ...]:
    """Return edits, as small as a comparison by lines finds them, from one text to another."""
    import difflib  # only where an edit is made

    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    edits = []
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, first, last, new_first, new_last in matcher.get_opcodes():
        if tag == "equal":
            continue
        removed, added = "".join(old[first:last]), "".join(new[new_first:new_last])
        prefix = _common_prefix(removed, added)
        suffix = _common_prefix(removed[prefix:][::-1], added[prefix:][::-1])
        span = Span(starts[first] + prefix, starts[last] - suffix)
        edits.append(_before_last_newline(before, span, added[prefix : len(added) - suffix]))
    return tuple(edits)


def _before_last_newline(before: str, span: Span, added: str) -> TextEdit:
    """Return the edit; lines added at the very end are added before the text's last line break.

    That is the same text, but Neovim 0.10 and 0.11 write an empty line behind what is inserted
    past the last line.
    """
    for newline in ("\r\n", "\n"):
        if (
            span.start == span.end == len(before)
            and before.endswith(newline)
            and added.endswith(newline)
        ):
            place = len(before) - len(newline)
            return TextEdit(Span(place, place), newline + added.removesuffix(newline))
    return TextEdit(span, added)


# What holds of every change


def _checked(
    before: str,
    after: str | None,
    change: Callable[[dict[str, TomlValue]], None],
    expected: dict[str, TomlValue] | None = None,
) -> str | None:
    """Return *after* if, read again, it is *before* with that change and all its comments.

    With *expected*, the change is made to these values in place of those of *before*.
    """
    if after is None:
        return None
    if expected is None:
        expected = _mutable(parse_toml(before).root)
    change(expected)
    document = parse_toml(after)
    if document.faults or not _same(plain(document.root), expected):
        return None
    if _comment_texts(before) != _comment_texts(after):
        return None
    return after


def _comment_texts(text: str) -> list[str]:
    return [comment.text.rstrip() for comment in parse_toml(text).comments]


def _same(one: TomlValue, other: TomlValue) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    is_nan = one != one and other != other
    return type(one) is type(other) and (one == other or is_nan)


def _mutable(table: Table) -> dict[str, TomlValue]:
    return {
        name: _mutable(entry.node) if isinstance(entry.node, Table) else plain(entry.node)
        for name, entry in table.entries.items()
    }


def _assign(values: dict[str, TomlValue], path: Path, value: TomlValue) -> None:
    for name in path[:-1]:
        below = values.setdefault(name, {})
        if not isinstance(below, dict):
            return
        values = below
    values[path[-1]] = value


def _at(values: dict[str, TomlValue], path: Path) -> TomlValue:
    found: TomlValue = values
    for name in path:
        found = found[name] if isinstance(found, dict) else ""
    return found


def _delete(values: dict[str, TomlValue], path: Path) -> None:
    below = values.get(path[0])
    if len(path) > 1 and isinstance(below, dict):
        _delete(below, path[1:])
        if below:
            return
    values.pop(path[0], None)


# Writing


def string_in_place_of(literal: str, value: str) -> str:
    """Return a string as TOML, in the quotes of the one that it replaces where these can hold it.

    Args:
        literal: the string that was there, with its quotes.
        value: the new string.
    """
    if literal.startswith("'") and value.isprintable() and "'" not in value:
        return f"'{value}'"
    return written_string(value)


def written_string(value: str) -> str:
    """Return a string as TOML writes it: in double quotes, on one line."""
    if value.isascii() and value.isprintable() and '"' not in value and "\\" not in value:
        return f'"{value}"'
    return _written(value)


def _written(value: TomlValue) -> str:
    import tomlkit

    return tomlkit.item(value).as_string()


def _written_path(path: Sequence[str]) -> str:
    return ".".join(map(written_key, path))


def written_key(name: str) -> str:
    """Return a key as TOML writes it: bare, or in quotes where it has to be."""
    import tomlkit

    return tomlkit.key(name).as_string()


def _newline(text: str) -> str:
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"


def _with_new_key(
    document: TomlDocument, path: Path, value: TomlValue, after: Path | None, in_order: bool
) -> str | None:
    inline = _innermost_inline(document, path[:-1])
    if inline is not None:
        depth, table = inline
        return _into_inline(document.text, table, path[depth:], value)
    parent = document.root.table(*path[:-1])
    if parent is None:
        return _with_new_table(document, path, value, after)
    if parent.form == "dotted":
        return _behind_dotted(document, parent, path, value)
    if parent.form == "implicit":
        return _with_new_table(document, path, value, after)
    following = _following_entry(parent, path[-1]) if in_order else None
    if following is not None:
        return _insert_line_before(document, following, path[-1], value)
    return _into_block(document, parent, path[-1], value)


def _following_entry(table: Table, name: str) -> Entry | None:
    """Return the entry before which a key belongs, in a table whose keys are in order."""
    entries = _written_entries(table)
    names = [entry.key.name for entry in entries]
    if names != sorted(names):
        return None
    return next((entry for entry in entries if entry.key.name > name), None)


def _insert_line_before(
    document: TomlDocument, following: Entry, name: str, value: TomlValue
) -> str:
    text = document.text
    start = document.lines.line_span(document.lines.line_of(following.key.span.start)).start
    indent = _indent(document, following.key.span.start)
    line = f"{indent}{written_key(name)} = {_written(value)}{_newline(text)}"
    return text[:start] + line + text[start:]


def _innermost_inline(document: TomlDocument, path: Path) -> tuple[int, Table] | None:
    """Return the last inline table on the way along *path*, if there is one, and its depth."""
    for depth in range(len(path), 0, -1):
        table = document.root.table(*path[:depth])
        if table is not None and table.form == "inline":
            return depth, table
    return None


def _into_inline(text: str, table: Table, path: Path, value: TomlValue) -> str:
    pair = f"{_written_path(path)} = {_written(value)}"
    if table.entries:
        last = max(_statement_end(entry) for entry in table.entries.values())
        return f"{text[:last]}, {pair}{text[last:]}"
    return f"{text[: table.span.start]}{{ {pair} }}{text[table.span.end :]}"


def _statement_end(entry: Entry) -> int:
    """Return the end of the statement, or of the last one, that makes an entry."""
    if isinstance(entry.node, Table) and entry.node.form == "dotted":
        return max(_statement_end(below) for below in _written_entries(entry.node))
    return entry.node.span.end


def _written_entries(table: Table) -> list[Entry]:
    """Return the entries of a table that have a statement, not only a header."""
    return [entry for entry in table.entries.values() if entry.statement is not None]


def _behind_dotted(
    document: TomlDocument, parent: Table, path: Path, value: TomlValue
) -> str | None:
    last = max(_written_entries(parent), key=_statement_end, default=None)
    if last is None or last.statement is None:
        return None
    keys = [key.name for key in last.path]
    keys[keys.index(path[-2]) + 1 :] = [path[-1]]
    line = f"{_indent(document, last.statement.start)}{_written_path(keys)} = {_written(value)}"
    return _insert_line_behind(document, _statement_end(last), line)


def _into_block(document: TomlDocument, table: Table, name: str, value: TomlValue) -> str:
    """Add a key to a table with a header, or to the top level, behind its last key."""
    entries = _written_entries(table)
    line = f"{written_key(name)} = {_written(value)}"
    if entries:
        end = max(_statement_end(entry) for entry in entries)
        indent = _indent(document, entries[0].key.span.start)
        return _insert_line_behind(document, end, indent + line)
    if table.header is not None:
        return _insert_line_behind(document, table.header.span.end, line)
    newline = _newline(document.text)
    return line + newline + (newline if document.text.strip() else "") + document.text


def _with_new_table(
    document: TomlDocument, path: Path, value: TomlValue, after: Path | None
) -> str:
    text, newline = document.text, _newline(document.text)
    block = f"[{_written_path(path[:-1])}]{newline}{written_key(path[-1])} = {_written(value)}"
    neighbour = document.root.table(*after) if after else None
    if neighbour is not None and neighbour.header is not None:
        end = _end_of_block(neighbour)
        return _insert_line_behind(document, end, newline + block)
    if not text.strip():
        return text + block + newline
    ending = "" if text.endswith("\n") else newline
    blank = "" if text.endswith(newline * 2) else newline
    return text + ending + blank + block + newline


def _end_of_block(table: Table) -> int:
    """Return the end of the last statement below a table's header, or of the header."""
    assert table.header is not None  # noqa: S101 - the callers ask only for such tables
    ends = [_statement_end(entry) for entry in _written_entries(table)]
    return max([table.header.span.end, *ends])


def _insert_line_behind(document: TomlDocument, offset: int, line: str) -> str:
    text, newline = document.text, _newline(document.text)
    end = document.lines.line_span(document.lines.line_of(offset)).end
    rest = text[end:]
    return text[:end] + newline + line + (rest if rest else newline)


def _indent(document: TomlDocument, offset: int) -> str:
    start = document.lines.line_span(document.lines.line_of(offset)).start
    before = document.text[start:offset]
    return before if not before.strip() else ""


def _replaced(text: str, span: Span, new: str) -> str:
    return text[: span.start] + new + text[span.end :]


# Cutting out


def _without(document: TomlDocument, path: Path) -> str | None:
    """Cut out the entry at *path*, with the tables around it that would be left empty."""
    while len(path) > 1 and len(_entries(document, path[:-1])) == 1:
        path = path[:-1]
    entry = document.root.get(*path)
    if entry is None:
        return None
    parent = document.root.table(*path[:-1])
    if _innermost_inline(document, path[:-1]) is not None:
        return _without_pair(document.text, parent, entry) if parent is not None else None
    return _cut_lines(document, sorted(_places(document, entry)))


def _entries(document: TomlDocument, path: Path) -> Mapping[str, Entry]:
    table = document.root.table(*path)
    return table.entries if table is not None else {}


def _places(document: TomlDocument, entry: Entry) -> Iterator[Span]:
    """Yield the lines that make an entry: its statements, its headers and what is below them."""
    node = entry.node
    if isinstance(node, Array) and node.of_headers:
        for item in node.items:
            if isinstance(item, Table):
                yield from _places_of_table(document, item)
    elif isinstance(node, Table) and node.form != "inline":
        yield from _places_of_table(document, node)
    elif entry.statement is not None:
        yield _full_lines(document, entry.statement.start, entry.statement.end)


def _places_of_table(document: TomlDocument, table: Table) -> Iterator[Span]:
    if table.header is not None:
        yield _full_lines(document, table.header.span.start, table.header.span.end)
    for entry in table.entries.values():
        yield from _places(document, entry)


def _full_lines(document: TomlDocument, start: int, end: int) -> Span:
    lines = document.lines
    last = lines.line_of(end)
    stop = lines.starts[last + 1] if last + 1 < len(lines.starts) else len(document.text)
    return Span(lines.starts[lines.line_of(start)], stop)


def _cut_lines(document: TomlDocument, cuts: Sequence[Span]) -> str:
    """Cut out whole lines, keep their comments, and close the gaps of blank lines they leave."""
    text, newline = document.text, _newline(document.text)
    result = text[: cuts[0].start]
    for cut, end in zip(cuts, [*(cut.start for cut in cuts[1:]), len(text)], strict=True):
        result += "".join(
            comment.text.rstrip() + newline
            for comment in document.comments
            if cut.start <= comment.span.start < cut.end
        )
        result = _join_blank_lines(result, text[cut.end : end])
    if result.strip() and not text[cuts[-1].end :].strip():
        return result[: result.index("\n", len(result.rstrip())) + 1]
    return result


def _join_blank_lines(before: str, after: str) -> str:
    """Put two parts together with no more blank lines than the larger part had there."""
    has_blank_end = not before.strip() or re.search(r"\n[ \t]*\r?\n\Z", before) is not None
    return before + (re.sub(r"\A(?:[ \t]*\r?\n)+", "", after) if has_blank_end else after)


def _without_pair(text: str, table: Table, entry: Entry) -> str:
    ordered = sorted(table.entries.values(), key=lambda below: below.key.span)
    index = ordered.index(entry)
    if index + 1 < len(ordered):
        following = ordered[index + 1]
        start = following.statement.start if following.statement else following.key.span.start
        return text[: entry.key.span.start] + text[start:]
    return text[: _statement_end(ordered[index - 1])] + text[_statement_end(entry) :]


def _without_items(document: TomlDocument, array: Array, keep: Sequence[Node]) -> str:
    """Remove elements of an array: whole lines where they have lines of their own."""
    text, items = document.text, array.items
    comments = [
        comment.span
        for comment in document.comments
        if array.span.start <= comment.span.start < array.span.end
    ]
    last_kept = max((items.index(item) for item in keep), default=-1)
    cuts: list[Span] = []
    for index, item in enumerate(items):
        if item in keep:
            continue
        start, end = item.span.start, item.span.end
        limit = items[index + 1].span.start if index + 1 < len(items) else array.span.end - 1
        comma = _find_comma(text, end, limit, comments)
        line = _full_lines(document, start, end)
        tail = text[(comma + 1 if comma is not None else end) : line.end]
        if not text[line.start : start].strip() and not tail.strip():
            start, end = line.start, line.end
        elif comma is not None:
            end = comma + 1
            while end < limit and text[end] in " \t":
                end += 1
            if text[end] in "\r\n]":  # nothing is left behind it: no blank before it, either
                start = _before_blanks(text, start)
        elif last_kept >= 0:  # the last comma goes too, if no comment is behind it
            kept = items[last_kept].span.end
            previous = _find_comma(text, kept, items[last_kept + 1].span.start, comments)
            if previous is not None and not any(span.start > previous for span in comments):
                start = _before_blanks(text, previous)
        cuts.append(Span(start, end))
    return _cut(text, cuts)


def _before_blanks(text: str, position: int) -> int:
    while text[position - 1] in " \t":
        position -= 1
    return position


def _cut(text: str, cuts: Sequence[Span]) -> str:
    """Return a text without some ranges, which may overlap."""
    pieces: list[str] = []
    position = 0
    for cut in sorted(cuts):
        pieces.append(text[position : cut.start])
        position = max(position, cut.end)
    return "".join([*pieces, text[position:]])


def _find_comma(text: str, start: int, end: int, comments: Sequence[Span]) -> int | None:
    """Return the offset of the comma between two elements, outside comments."""
    position = start
    while position < end:
        comment = next((span for span in comments if span.start == position), None)
        if comment is not None:
            position = comment.end
        elif text[position] == ",":
            return position
        else:
            position += 1
    return None


def _common_prefix(one: str, other: str) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length
