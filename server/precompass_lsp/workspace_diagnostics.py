"""Diagnostics of all of Julia's files in the workspace folders, pulled by the client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from lsprotocol import types

from precompass_lsp.findings import diagnostics_of, result_id_of
from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.uris import path_of
from precompass_lsp.workspace_limits import tell_limits

_Report: TypeAlias = (
    types.WorkspaceFullDocumentDiagnosticReport | types.WorkspaceUnchangedDocumentDiagnosticReport
)
TITLE = "Checking the environments"
_AT_ONCE = 20
"""Files in one part of a result that the client takes in parts."""


def register(server: Host) -> None:
    """Let a server answer clients that pull the diagnostics of a whole workspace."""
    known = _Known()

    @server.feature(types.WORKSPACE_DIAGNOSTIC)
    async def pull(
        ls: Host, params: types.WorkspaceDiagnosticParams
    ) -> types.WorkspaceDiagnosticReport:
        previous = {one.uri: one.value for one in params.previous_result_ids}
        if not ls.settings.workspace_diagnostics:
            return types.WorkspaceDiagnosticReport([_nothing(uri) for uri in previous])
        ls.diagnostics.pulls_all()
        moment = ls.moment
        paths = await ls.answer((), _files, moment)
        await tell_limits(ls, moment)
        reports: list[_Report] = [
            _nothing(uri) for uri in previous if path_of(uri) not in frozenset(paths)
        ]
        progress = _Progress(ls, params, len(paths))
        for number, path in enumerate(paths):
            found = await known.diagnostics(ls, moment, path)
            if found is not None:
                reports.append(_report(moment, path, found, previous))
            progress.at(number + 1)
            if params.partial_result_token is not None and len(reports) >= _AT_ONCE:
                _send_part(ls, params.partial_result_token, reports)
                reports = []
        progress.end()
        if params.partial_result_token is not None:
            # What is told in parts is told there alone (LSP 3.17, "Partial Result Progress").
            _send_part(ls, params.partial_result_token, reports)
            reports = []
        return types.WorkspaceDiagnosticReport(reports)


class _Known:
    """The diagnostics found last: clients ask every few seconds, mostly about the same moment."""

    def __init__(self) -> None:
        self._moment: Moment | None = None
        self._found: dict[Path, list[types.Diagnostic]] = {}

    async def diagnostics(
        self, ls: Host, moment: Moment, path: Path
    ) -> list[types.Diagnostic] | None:
        """Return the diagnostics of a file, or None if it is not one of Julia's.

        A file is one question to the analysis, so that what the user asks for meanwhile, and
        the check of what is typed, come in between.
        """
        if self._moment is not moment:
            self._moment, self._found = moment, {}
        known = self._found.get(path)
        if known is not None:
            return known
        found = await ls.answer(None, diagnostics_of, moment, path)
        if found is not None and self._moment is moment:
            self._found[path] = found
        return found


class _Progress:
    """How far a pull has come, for clients that asked to be told.

    Args:
        ls: the server.
        params: the client's question.
        files: how many files there are.
    """

    def __init__(self, ls: Host, params: types.WorkspaceDiagnosticParams, files: int) -> None:
        self._ls = ls
        self._token = params.work_done_token
        self._files = files
        self._percentage = 0
        if self._token is not None:
            begin = types.WorkDoneProgressBegin(TITLE, percentage=0)
            ls.work_done_progress.begin(self._token, begin)

    def at(self, number: int) -> None:
        """Tell that so many files are checked, if that is a tenth more."""
        percentage = number * 100 // self._files
        if self._token is not None and percentage >= self._percentage + 10:
            self._percentage = percentage
            report = types.WorkDoneProgressReport(percentage=percentage)
            self._ls.work_done_progress.report(self._token, report)

    def end(self) -> None:
        """Tell that the result is there."""
        if self._token is not None:
            self._ls.work_done_progress.end(self._token, types.WorkDoneProgressEnd())


def _files(moment: Moment) -> Sequence[Path]:
    return moment.julia_files


def _report(
    moment: Moment, path: Path, found: list[types.Diagnostic], previous: Mapping[str, str]
) -> _Report:
    uri, version, result_id = moment.uri(path), moment.version(path), result_id_of(found)
    if previous.get(uri) == result_id:
        return types.WorkspaceUnchangedDocumentDiagnosticReport(uri, result_id, version=version)
    return types.WorkspaceFullDocumentDiagnosticReport(
        uri, found, version=version, result_id=result_id
    )


def _nothing(uri: str) -> types.WorkspaceFullDocumentDiagnosticReport:
    """Return what takes back the diagnostics of a file: it is gone, or no longer wanted."""
    return types.WorkspaceFullDocumentDiagnosticReport(uri, [])


def _send_part(ls: Host, token: types.ProgressToken, reports: list[_Report]) -> None:
    if reports:
        ls.progress(types.ProgressParams(token, types.WorkspaceDiagnosticReport(reports)))
