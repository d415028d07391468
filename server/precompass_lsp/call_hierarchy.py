"""Call hierarchy: dependents and dependencies of a package, readers of a preference."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.plain_text import plain_line
from precompass_lsp.uris import path_of

if TYPE_CHECKING:
    from precompass.answers.call_hierarchy import HierarchyItem

_KINDS = {
    "package": types.SymbolKind.Package,
    "stdlib": types.SymbolKind.Package,
    "project": types.SymbolKind.Package,
    "extension": types.SymbolKind.Module,
    "preference": types.SymbolKind.Property,
}


def register(server: Host) -> None:
    """Let a server follow dependencies up and down."""

    @server.feature(types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY)
    async def prepare(
        ls: Host, params: types.CallHierarchyPrepareParams
    ) -> list[types.CallHierarchyItem] | None:
        path = path_of(params.text_document.uri)
        if path is None:
            return None
        return await ls.answer(None, items_at, ls.moment, path, params.position)

    @server.feature(types.CALL_HIERARCHY_INCOMING_CALLS)
    async def incoming_calls(
        ls: Host, params: types.CallHierarchyIncomingCallsParams
    ) -> list[types.CallHierarchyIncomingCall]:
        return await ls.answer([], calls_to, ls.moment, params.item)

    @server.feature(types.CALL_HIERARCHY_OUTGOING_CALLS)
    async def outgoing_calls(
        ls: Host, params: types.CallHierarchyOutgoingCallsParams
    ) -> list[types.CallHierarchyOutgoingCall]:
        return await ls.answer([], calls_from, ls.moment, params.item)


def items_at(
    moment: Moment, path: Path, position: types.Position
) -> list[types.CallHierarchyItem] | None:
    """Return the package or preference at a place, if there is one."""
    from precompass.answers.call_hierarchy import hierarchy_at

    found = hierarchy_at(moment.session, path, moment.positions.offset(path, position))
    return [_item(moment, found)] if found is not None else None


def calls_to(
    moment: Moment, item: types.CallHierarchyItem
) -> list[types.CallHierarchyIncomingCall]:
    """Return what depends on a package, or reads a preference."""
    from precompass.answers.call_hierarchy import incoming

    asked = _asked(item)
    if asked is None:
        return []
    return [
        types.CallHierarchyIncomingCall(
            _item(moment, call.item),
            [moment.positions.range(call.item.file, span) for span in call.spans],
        )
        for call in incoming(moment.session, *asked)
    ]


def calls_from(
    moment: Moment, item: types.CallHierarchyItem
) -> list[types.CallHierarchyOutgoingCall]:
    """Return what a package depends on; of a preference, nothing."""
    from precompass.answers.call_hierarchy import outgoing

    asked, file = _asked(item), path_of(item.uri)
    if asked is None or file is None or asked[2] is not None:
        return []
    return [
        types.CallHierarchyOutgoingCall(
            _item(moment, call.item),
            [moment.positions.range(file, span) for span in call.spans]
            if call.file == file
            else [item.selection_range],  # a line of source that reads a preference
        )
        for call in outgoing(moment.session, *asked[:2])
    ]


def _item(moment: Moment, item: HierarchyItem) -> types.CallHierarchyItem:
    return types.CallHierarchyItem(
        plain_line(item.name),
        _KINDS[item.kind],
        moment.uri(item.file),
        moment.positions.range(item.file, item.span),
        moment.positions.range(item.file, item.selection),
        detail=plain_line(item.detail),
        data={"project": moment.uri(item.project), "unit": item.unit, "key": item.key},
    )


def _asked(item: types.CallHierarchyItem) -> tuple[Path, str, str | None] | None:
    """Return what an item that the client sends back is about, or None if it is not ours."""
    data = item.data
    if not isinstance(data, Mapping):
        return None
    project, unit, key = data.get("project"), data.get("unit"), data.get("key")
    if not isinstance(project, str) or not isinstance(unit, str):
        return None
    path = path_of(project)
    if path is None or not (key is None or isinstance(key, str)):
        return None
    return path, unit, key
