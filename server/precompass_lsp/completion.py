"""Completion, whose documentation is made when the client shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from precompass_lsp.contents import content
from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.plain_text import plain_line
from precompass_lsp.uris import path_of, uri_of

if TYPE_CHECKING:
    from precompass.answers.candidates import Completion, Topic

TRIGGERS = ("[", ".", '"', "'", "=", "{")

_MOST_BYTES = 19_000
"""Bytes of the completions in one answer; more of a word brings what is left out."""
_FRAME = 100  # bytes of a completion beside its texts
_RANGE = 90  # bytes of its range, where it has its own


def register(server: Host) -> None:
    """Let a server complete what is being written."""
    options = types.CompletionOptions(trigger_characters=list(TRIGGERS), resolve_provider=True)

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, options)
    async def completion(ls: Host, params: types.CompletionParams) -> types.CompletionList:
        path = path_of(params.text_document.uri)
        nothing = types.CompletionList(is_incomplete=False, items=[])
        if path is None:
            return nothing
        return await ls.answer(nothing, completions_at, ls.moment, path, params.position)

    @server.feature(types.COMPLETION_ITEM_RESOLVE)
    async def resolve(ls: Host, item: types.CompletionItem) -> types.CompletionItem:
        item.documentation = await ls.answer(None, documentation_of, ls.moment, item)
        return item


def completions_at(moment: Moment, path: Path, position: types.Position) -> types.CompletionList:
    """Return what can be written at a place."""
    from precompass.answers.completion import complete

    found = complete(moment.session, path, moment.positions.offset(path, position))
    frame = _FRAME if moment.client.shares_edit_range else _FRAME + _RANGE
    shown = tuple(_that_fit(path, found.items, frame))
    is_complete = found.is_complete and len(shown) == len(found.items)
    spans = {one.edit.span for one in shown}
    defaults = None
    if moment.client.shares_edit_range and len(spans) == 1:
        edit_range = moment.positions.range(path, spans.pop())
        defaults = types.CompletionItemDefaults(edit_range=edit_range)
    items = [
        _item(moment, path, one, number, has_range=defaults is None)
        for number, one in enumerate(shown)
    ]
    return types.CompletionList(not is_complete, items, item_defaults=defaults)


def _that_fit(path: Path, items: Iterable[Completion], frame: int) -> Iterator[Completion]:
    """Yield the first completions, as many as one answer has room for."""
    room = _MOST_BYTES
    file = len(uri_of(path))
    for one in items:
        texts = (one.label, one.detail, one.typed, one.edit.new_text)
        room -= frame + sum(len(text.encode(errors="replace")) for text in texts)
        if one.subject is not None:
            room -= file + len(str(one.subject.uuid)) + len(one.subject.key or "")
        if room < 0:
            return
        yield one


def documentation_of(moment: Moment, item: types.CompletionItem) -> types.MarkupContent | None:
    """Return what is said about a completion."""
    from precompass.answers.completion import documentation

    found = _subject(item.label, item.data)
    said = documentation(moment.session, *found) if found is not None else ()
    return content(moment.client, said) if said else None


def _item(
    moment: Moment, path: Path, one: Completion, number: int, *, has_range: bool
) -> types.CompletionItem:
    label = plain_line(one.label)
    item = types.CompletionItem(
        label,
        kind=types.CompletionItemKind[one.kind.value.capitalize()],
        detail=plain_line(one.detail) or None,
        sort_text=f"{number:03}",
        filter_text=one.typed if one.typed != label else None,
        data=_data(path, label, one.subject) if one.subject is not None else None,
    )
    if has_range:
        edit_range = moment.positions.range(path, one.edit.span)
        item.text_edit = types.TextEdit(edit_range, one.edit.new_text)
    else:
        item.text_edit_text = one.edit.new_text
    return item


def _data(path: Path, label: str, subject: Topic) -> dict[str, str]:
    data = {"file": uri_of(path), "uuid": str(subject.uuid)}
    if subject.name != label:
        data["name"] = subject.name
    return data if subject.key is None else {**data, "key": subject.key}


def _subject(label: str, data: object) -> tuple[Path, Topic] | None:
    """Return what a client gave back of :func:`_data`; None if it is something else."""
    from precompass.answers.candidates import Topic
    from precompass.julia.uuids import parse_uuid

    match data:
        case {"file": str(uri), "uuid": str(text), **rest}:
            path, uuid = path_of(uri), parse_uuid(text)
            name, key = rest.get("name", label), rest.get("key")
            if path is None or uuid is None:
                return None
            if isinstance(name, str) and isinstance(key, str | None):
                return path, Topic(name, uuid, key)
    return None
