"""Code actions: the fixes, whose edits are made when the user has chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from precompass_lsp.findings import diagnostic
from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.plain_text import notice, plain_line
from precompass_lsp.uris import path_of, uri_of
from precompass_lsp.workspace_edits import workspace_edit

if TYPE_CHECKING:
    from precompass.findings import Finding, Fix, FixId

FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.precompass"
_QUICK_FIX = types.CodeActionKind.QuickFix.value


def register(server: Host) -> None:
    """Let a server offer code actions."""
    options = types.CodeActionOptions(
        code_action_kinds=[_QUICK_FIX, FIX_ALL], resolve_provider=True
    )

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    async def code_action(ls: Host, params: types.CodeActionParams) -> list[types.CodeAction]:
        path = path_of(params.text_document.uri)
        if path is None:
            return []
        only = params.context.only
        return await ls.answer([], actions_at, ls.moment, path, params.range, only)

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(ls: Host, action: types.CodeAction) -> types.CodeAction:
        # The user has chosen: what is edited must be the present state.
        edit = await ls.answer(None, edit_for, ls.new_moment(), action.data)
        if edit is None and action.edit is None:
            message = f"The files have changed, so this fix no longer applies: {action.title}"
            shown = types.ShowMessageParams(types.MessageType.Info, notice(message))
            ls.window_show_message(shown)
            return action
        action.edit = edit or action.edit
        return action


def actions_at(
    moment: Moment, path: Path, selection: types.Range, only: Sequence[str] | None
) -> list[types.CodeAction]:
    """Return the code actions for a selection in a file.

    Args:
        moment: the client's files.
        path: the file.
        selection: the selected range; empty for a cursor.
        only: the kinds that the client asks for; None for all.
    """
    from precompass.answers.code_actions import fix_all, fixes_at

    actions = []
    if _wanted(_QUICK_FIX, only):
        span = moment.positions.span(path, selection)
        for fix, finding in fixes_at(moment.session, path, span):
            actions.append(_action(moment, fix, _QUICK_FIX, finding))
    if _wanted(FIX_ALL, only):
        fix_of_all = fix_all(moment.session, path)
        if fix_of_all is not None:
            actions.append(_action(moment, fix_of_all, FIX_ALL, None))
    return [action for action in actions if action is not None]


def edit_for(moment: Moment, data: object) -> types.WorkspaceEdit | None:
    """Return the edit of the action that carries *data*; None if it is no longer possible."""
    fix = _fix_id(data)
    return _edit(moment, fix) if fix is not None else None


def _wanted(kind: str, only: Sequence[str] | None) -> bool:
    """Tell whether a kind is one of those asked for, or below one (LSP 3.17, CodeActionKind)."""
    return only is None or any(
        wanted in ("", kind) or kind.startswith(f"{wanted}.") for wanted in only
    )


def _action(
    moment: Moment, fix: Fix, kind: str, finding: Finding | None
) -> types.CodeAction | None:
    """Return an action with its edit, or with what is needed to make it when it is chosen."""
    action = types.CodeAction(
        title=plain_line(fix.title),
        kind=kind,
        diagnostics=[diagnostic(moment, finding)] if finding is not None else None,
        is_preferred=True if fix.is_preferred and kind == _QUICK_FIX else None,
    )
    if moment.client.resolves_edits:
        action.data = _data(fix.id)
        return action
    action.edit = _edit(moment, fix.id)
    return action if action.edit is not None else None


def _edit(moment: Moment, fix: FixId) -> types.WorkspaceEdit | None:
    from precompass.answers.code_actions import edits_of

    edits = edits_of(moment.session, fix)
    return workspace_edit(moment, edits) if edits is not None else None


def _data(fix: FixId) -> dict[str, object]:
    return {"kind": fix.kind, "file": uri_of(fix.file), "arguments": list(fix.arguments)}


def _fix_id(data: object) -> FixId | None:
    """Return what a client gave back of :func:`_data`; None if it is something else."""
    from precompass.findings import FixId

    match data:
        case {"kind": str(kind), "file": str(uri), "arguments": [*arguments]}:
            path = path_of(uri)
            if path is None or not all(isinstance(argument, str) for argument in arguments):
                return None
            return FixId(kind, path, tuple(arguments))
    return None
