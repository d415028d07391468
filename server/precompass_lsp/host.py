"""What a feature may ask of the server: a protocol, so that no feature knows the server itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from lsprotocol import types
from pygls.progress import Progress

from precompass.documents.text import PositionEncoding
from precompass_lsp.client import Client
from precompass_lsp.documents import OpenDocuments
from precompass_lsp.moment import Moment
from precompass_lsp.settings import ServerSettings
from precompass_lsp.steadiness import Steadiness

P = ParamSpec("P")
T = TypeVar("T")
Handler = TypeVar("Handler", bound=Callable[..., Any])


class Checks(Protocol):
    """What checks the open files, and tells the client of findings."""

    def text_changed(self, path: Path, *, debounce: bool = False) -> None:
        """Check all open files soon, this one first: the client opened or changed it."""

    def check_all_soon(self, first: Path | None = None, *, debounce: bool = False) -> None:
        """Check all open files soon, because of something else than their texts."""

    def pulls(self, uri: str) -> None:
        """Note that the client pulls the diagnostics of a file, if it was offered to."""

    def pulls_all(self) -> None:
        """Note that the client pulls the diagnostics of the workspace, if it was offered to."""

    def pulled(self, uri: str, path: Path, found: list[types.Diagnostic] | None) -> None:
        """Note what the client was answered."""

    def closed(self, path: Path, uri: str) -> None:
        """Take back what was told of a file, and check the others: the disk counts again."""

    async def check_disk(self) -> None:
        """Check all open files as they are on disk now; tell the client only what differs."""


class Shown(Protocol):
    """What remembers the hints and lenses that the client shows, and tells it to ask again."""

    @property
    def steadiness(self) -> Steadiness:
        """What keeps hints and lenses while a file cannot be read."""

    def shows_hints(self, path: Path, hints: object) -> None:
        """Note with which hints of a file the client was answered."""

    def shows_lenses(self, path: Path, lenses: object) -> None:
        """Note with which lenses of a file the client was answered."""

    async def look(self, moment: Moment, changed: Collection[Path]) -> None:
        """Tell the client to ask again if it shows something else in a file not *changed*."""


class Host(Protocol):
    """The server, as far as a feature may use it.

    Attributes:
        client: what the client can do.
        settings: what the user has chosen.
        folder_settings: what the user has chosen in its place for the files of a folder.
        log_level: from which level on is logged, whatever the settings say.
        is_shut_down: whether the client has asked to shut down.
        heard: set whenever the client sends a message; whoever waits for that clears it.
    """

    client: Client
    settings: ServerSettings
    folder_settings: Mapping[Path, ServerSettings]
    log_level: int
    is_shut_down: bool
    heard: asyncio.Event

    @property
    def encoding(self) -> PositionEncoding:
        """How the client counts characters."""

    @property
    def documents(self) -> OpenDocuments:
        """What the client has open."""

    @property
    def diagnostics(self) -> Checks:
        """What tells the client of findings."""

    @property
    def refreshing(self) -> Shown:
        """What tells the client to ask for hints and lenses again."""

    @property
    def folders(self) -> Mapping[str, Path]:
        """The workspace folders, by the client's own names (URIs) of them."""

    @property
    def exit_code(self) -> int:
        """With which the process ends (LSP 3.17, "Exit")."""

    @property
    def moment(self) -> Moment:
        """What the client has told so far, and the files as they were when first looked at."""

    def new_moment(self) -> Moment:
        """Return what the client has told so far, and the files as they are."""

    def forget_moment(self) -> None:
        """Note that a text, a file or a setting has changed."""

    def forget_depots(self) -> None:
        """Note that Julia may have run since the depots were looked through."""

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Begin to do something while everything else goes on; its failure is logged."""

    async def analysis_loaded(self) -> None:
        """Wait until the analysis is loaded; load it if nobody has."""

    async def answer(
        self,
        otherwise: T,
        function: Callable[Concatenate[Moment, P], T],
        moment: Moment,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Return what a feature answers at a moment; *otherwise* if it fails, which is logged."""

    def done(self, what: str, seconds: float) -> None:
        """Tell whoever traces the server that something has been done, in so many seconds."""

    def complain(self, sentence: str) -> None:
        """Show the user a warning, once."""

    # Of what features register

    def when_initialized(self, work: Callable[[Host], Coroutine[Any, Any, None]]) -> None:
        """Do something when the client is ready."""

    def begin(self) -> None:
        """Begin what features have to do when the client is ready."""

    def feature(
        self, feature_name: str, options: Any | None = None
    ) -> Callable[[Handler], Handler]:
        """Let a function handle a method of the LSP."""

    def command(self, command_name: str) -> Callable[[Handler], Handler]:
        """Let a function carry out a command."""

    # Of what the client can be told and asked

    @property
    def work_done_progress(self) -> Progress:
        """What shows the user how much is done."""

    def progress(self, params: types.ProgressParams) -> None:
        """Send the client a part of a result."""

    def text_document_publish_diagnostics(self, params: types.PublishDiagnosticsParams) -> None:
        """Tell the client the diagnostics of a file."""

    def workspace_diagnostic_refresh(self, params: None) -> object:
        """Ask the client to pull diagnostics again."""

    def workspace_inlay_hint_refresh(self, params: None) -> object:
        """Ask the client to ask for hints again."""

    def workspace_code_lens_refresh(self, params: None) -> object:
        """Ask the client to ask for lenses again."""

    def window_show_message(self, params: types.ShowMessageParams) -> None:
        """Show the user a message."""

    def window_log_message(self, params: types.LogMessageParams) -> None:
        """Put a line into the client's log."""

    async def workspace_configuration_async(
        self, params: types.ConfigurationParams
    ) -> Sequence[Any | None]:
        """Ask the client for settings."""

    async def client_register_capability_async(self, params: types.RegistrationParams) -> None:
        """Ask the client to tell of something."""
