"""Completion, whose documentation is made when the client shows it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from precompass_lsp.contents import content
from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.plain_text import plain
from precompass_lsp.uris import path_of, uri_of

if TYPE_CHECKING:
    from precompass.answers.candidates import Completion, Topic

TRIGGERS = ("[", ".", '"', "'", "=", "{")


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
        item.documentation = await ls.answer(None, documentation_of, ls.moment, item.data)
        return item


def completions_at(moment: Moment, path: Path, position: types.Position) -> types.CompletionList:
    """Return what can be written at a place."""
    from precompass.answers.completion import complete

    found = complete(moment.session, path, moment.positions.offset(path, position))
    items = [_item(moment, path, one, number) for number, one in enumerate(found.items)]
    return types.CompletionList(is_incomplete=not found.is_complete, items=items)


def documentation_of(moment: Moment, data: object) -> types.MarkupContent | None:
    """Return what is said about the completion that carries *data*."""
    from precompass.answers.completion import documentation

    found = _subject(data)
    said = documentation(moment.session, *found) if found is not None else ()
    return content(moment.client, said) if said else None


def _item(moment: Moment, path: Path, one: Completion, number: int) -> types.CompletionItem:
    return types.CompletionItem(
        plain(one.label),
        kind=types.CompletionItemKind[one.kind.value.capitalize()],
        detail=plain(one.detail) or None,
        sort_text=f"{number:04}",
        filter_text=one.typed,
        text_edit=types.TextEdit(moment.positions.range(path, one.edit.span), one.edit.new_text),
        data=_data(path, one.subject) if one.subject is not None else None,
    )


def _data(path: Path, subject: Topic) -> dict[str, str | None]:
    return {
        "file": uri_of(path),
        "name": subject.name,
        "uuid": str(subject.uuid),
        "key": subject.key,
    }


def _subject(data: object) -> tuple[Path, Topic] | None:
    """Return what a client gave back of :func:`_data`; None if it is something else."""
    from precompass.answers.candidates import Topic
    from precompass.julia.uuids import parse_uuid

    match data:
        case {"file": str(uri), "name": str(name), "uuid": str(text), "key": str() | None as key}:
            path, uuid = path_of(uri), parse_uuid(text)
            if path is not None and uuid is not None:
                return path, Topic(name, uuid, key)
    return None
