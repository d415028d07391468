"""The language server: its state, and the features that make it up."""

from __future__ import annotations

import asyncio
import gc
import importlib
import logging
from collections.abc import Callable, Coroutine, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException, PyglsError
from pygls.lsp.server import LanguageServer

from precompass import __version__
from precompass.documents.text import PositionEncoding
from precompass.files.snapshot import Disk
from precompass_lsp import (
    call_hierarchy,
    code_actions,
    code_lenses,
    completion,
    configuration,
    definition,
    diagnostics,
    environment,
    explaining,
    folding,
    highlights,
    hover,
    inlay_hints,
    lifecycle,
    links,
    overview,
    picture,
    references,
    rename,
    renamed_files,
    selection_ranges,
    semantic_tokens,
    symbols,
    synchronization,
    watching,
    workspace_diagnostics,
    workspace_symbols,
)
from precompass_lsp.client import Client, encoding_of
from precompass_lsp.depots import Depots
from precompass_lsp.documents import OpenDocuments
from precompass_lsp.host import Host
from precompass_lsp.logs import is_clients_mistake
from precompass_lsp.messages import converter
from precompass_lsp.moment import Moment
from precompass_lsp.plain_text import notice
from precompass_lsp.protocol import Protocol
from precompass_lsp.refreshing import Refreshing
from precompass_lsp.registries import RegistryReader
from precompass_lsp.settings import ServerSettings
from precompass_lsp.trace import Trace, looked_at_for
from precompass_lsp.uris import path_of
from precompass_lsp.worker import Worker

_ANALYSIS = "precompass.rules"
"""What the first diagnostics need; what else there is loads when it is first asked for."""
_GARBAGE = 50_000, 20, 20
"""Thresholds of the garbage collector, raised: what is read has many objects and few cycles."""

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger(__name__)


class PrecompassServer(LanguageServer):
    """A language server for Julia's project files, manifests and preferences files.

    Nothing of the analysis is loaded before ``initialize`` is answered, so that an editor
    starts as fast as with a server that does nothing.

    Attributes:
        client: what the client can do.
        documents: what the client has open.
        settings: what the user has chosen.
        folder_settings: what the user has chosen in its place for the files of a folder.
        diagnostics: what tells the client of findings.
        refreshing: what tells the client to ask for hints and lenses again.
        log_level: from which level on is logged, whatever the settings say.
        is_shut_down: whether the client has asked to shut down.
        heard: set whenever the client sends a message; whoever waits for that clears it.
    """

    def __init__(self, log_level: int = logging.WARNING) -> None:
        super().__init__(
            "precompass-lsp",
            __version__,
            protocol_cls=Protocol,
            converter_factory=converter,
            max_workers=1,
        )
        protocol = self.protocol
        assert isinstance(protocol, Protocol)  # noqa: S101 - it was given above
        self._trace: Trace = protocol.trace_to_client
        self.heard = protocol.heard
        self.client = Client()
        self.documents = OpenDocuments()
        self.settings = ServerSettings()
        self.folder_settings: Mapping[Path, ServerSettings] = {}
        self.diagnostics = diagnostics.Diagnostics(self)
        self.refreshing = Refreshing(self)
        self.log_level = log_level
        self.is_shut_down = False
        self._disk = Disk()
        self._depots = Depots()
        self._worker = Worker()
        self._moment: Moment | None = None
        self._loading: asyncio.Task[None] | None = None
        self._complaints: set[str] = set()
        self._beginnings: list[Callable[[Host], Coroutine[Any, Any, None]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def encoding(self) -> PositionEncoding:
        """How the client counts characters."""
        return encoding_of(self.workspace.position_encoding)

    @property
    def folders(self) -> Mapping[str, Path]:
        """The workspace folders, by the client's own names (URIs) of them."""
        uris = [folder.uri for folder in self.workspace.folders.values()]
        if not uris and self.workspace.root_uri is not None:
            uris = [self.workspace.root_uri]
        paths = {uri: path_of(uri) for uri in uris}
        return {uri: path for uri, path in paths.items() if path is not None}

    @property
    def exit_code(self) -> int:
        """With which the process ends (LSP 3.17, "Exit")."""
        return 0 if self.is_shut_down else 1

    @cached_property
    def registries(self) -> RegistryReader:
        """What opens registries; asked for first when the server runs."""
        return RegistryReader(self)

    @property
    def moment(self) -> Moment:
        """What the client has told so far, and the files as they were when first looked at."""
        if self._moment is None:
            self._moment = self.new_moment()
        return self._moment

    def new_moment(self) -> Moment:
        """Return what the client has told so far, and the files as they are."""
        return Moment(
            self.documents.at_this_moment(),
            tuple(self.folders.values()),
            self.settings,
            self.folder_settings,
            self.client,
            self.encoding,
            self._disk,
            self._depots,
            self.registries,
        )

    def forget_moment(self) -> None:
        """Note that a text, a file or a setting has changed."""
        self._moment = None

    def forget_depots(self) -> None:
        """Note that Julia may have run since the depots were looked through."""
        self._worker.submit(self._depots.forget)

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Begin to do something while everything else goes on; its failure is logged."""
        task = asyncio.create_task(work)
        self._tasks.add(task)  # the loop alone would not keep it
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            logger.error("The server could not go on with %s.", task, exc_info=error)

    async def analysis_loaded(self) -> None:
        """Wait until the analysis is loaded; load it if nobody has."""
        if self._loading is None:
            self._loading = asyncio.create_task(self._worker.run(_load_analysis))
        await asyncio.shield(self._loading)

    async def answer(
        self,
        otherwise: T,
        function: Callable[Concatenate[Moment, P], T],
        moment: Moment,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Return what a feature answers at a moment.

        Whatever goes wrong in it is logged, and *otherwise* is the answer: no request fails
        because of what a file holds.
        """

        def confined() -> T:
            moment.confine()
            return function(moment, *args, **kwargs)

        try:
            await self.analysis_loaded()
            found = await self._worker.run(confined)
        except Exception:
            logger.exception("There is no answer from %s.", function.__qualname__)
            return otherwise
        if self._depots.has_left_something:
            self.diagnostics.look_at_rest_soon()
        if args and isinstance(args[0], Path) and self._trace.wants_details:
            self.start(self._tell_what_was_looked_at(moment, args[0]))
        return found

    async def _tell_what_was_looked_at(self, moment: Moment, path: Path) -> None:
        self._trace.looked_at(await self._worker.run(looked_at_for, moment, path))

    def done(self, what: str, seconds: float) -> None:
        """Tell whoever traces the server that something has been done."""
        self._trace.done(what, seconds)

    def complain(self, sentence: str) -> None:
        """Show the user a warning about settings or registries, once."""
        if sentence not in self._complaints:
            self._complaints.add(sentence)
            message = types.ShowMessageParams(types.MessageType.Warning, notice(sentence))
            self.window_show_message(message)

    def when_initialized(self, work: Callable[[Host], Coroutine[Any, Any, None]]) -> None:
        """Do something when the client is ready."""
        self._beginnings.append(work)

    def begin(self) -> None:
        """Begin what features have to do; the client is ready."""
        self.start(self.analysis_loaded())
        for work in self._beginnings:
            self.start(work(self))

    def report_server_error(
        self, error: Exception, source: type[PyglsError | JsonRpcException]
    ) -> None:
        """Log what went wrong in a notification, where pygls would show it to the user.

        A request that cannot be understood or fulfilled is answered with the reason, and a message
        that is none is logged by pygls: neither is a fault of the server.
        """
        if is_clients_mistake(error):
            return
        logger.error("%s: %s", source.__name__, error, exc_info=error)


def _load_analysis() -> None:
    importlib.import_module(_ANALYSIS)
    gc.set_threshold(*_GARBAGE)
    gc.freeze()  # the objects of now stay, and need not be traversed again


def create_server(log_level: int = logging.WARNING) -> PrecompassServer:
    """Return a server with all its features, which waits for a client."""
    server = PrecompassServer(log_level)
    for feature in (
        lifecycle,
        configuration,
        synchronization,
        watching,
        diagnostics,
        hover,
        code_actions,
        inlay_hints,
        code_lenses,
        definition,
        links,
        symbols,
        workspace_symbols,
        folding,
        completion,
        references,
        highlights,
        selection_ranges,
        rename,
        explaining,
        environment,
        picture,
        overview,
        call_hierarchy,
        semantic_tokens,
        renamed_files,
        workspace_diagnostics,
    ):
        feature.register(server)
    return server
