"""What the client had told the server at one moment: what every answer is computed from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from weakref import finalize

import msgspec
from msgspec.structs import replace

from precompass.documents.text import PositionEncoding
from precompass.files.reach import Reach
from precompass.files.snapshot import Disk
from precompass_lsp.client import Client
from precompass_lsp.depots import Depots
from precompass_lsp.documents import OpenDocument
from precompass_lsp.observed_snapshot import ObservedSnapshot
from precompass_lsp.positions import Positions
from precompass_lsp.settings import ServerSettings
from precompass_lsp.uris import uri_of

if TYPE_CHECKING:
    from precompass.files.workspace import WorkspaceFiles
    from precompass.registry.memory import RegistryMemory
    from precompass.session import Session
    from precompass.settings.settings import Settings

T = TypeVar("T")


class Registries(Protocol):
    """What opens registries."""

    @property
    def memory(self) -> RegistryMemory:
        """What is known of the registries."""


class Moment(msgspec.Struct, frozen=True, dict=True, weakref=True):
    """One state of the client's texts and settings.

    What is computed from it belongs to the thread of :mod:`precompass_lsp.worker`.

    Attributes:
        documents: what the client has open.
        folders: the workspace folders.
        settings: what the user has chosen.
        folder_settings: what the user has chosen in its place for the files of a folder.
        client: what the client can do.
        encoding: how the client counts characters.
        disk: reads the files that are not open.
        depots: remembers what is installed and compiled.
        registries: opens registries.
    """

    documents: Mapping[Path, OpenDocument]
    folders: tuple[Path, ...]
    settings: ServerSettings
    folder_settings: Mapping[Path, ServerSettings]
    client: Client
    encoding: PositionEncoding
    disk: Disk
    depots: Depots
    registries: Registries

    @cached_property
    def snapshot(self) -> ObservedSnapshot:
        """The files."""
        texts = {path: document.content for path, document in self.documents.items()}
        return ObservedSnapshot(self.disk, texts)

    @cached_property
    def session(self) -> Session:
        """The files and settings as the analysis takes them."""
        from precompass.session import Session  # loads the analysis: not before ``initialize``

        session = Session(
            self.snapshot,
            self._trusting(self.settings),
            self.depots.memory,
            self.registries.memory,
            {folder: self._trusting(chosen) for folder, chosen in self.folder_settings.items()},
        )
        finalize(self, session.let_go).atexit = False
        return session

    def _trusting(self, settings: ServerSettings) -> Settings:
        return replace(settings.analysis, is_trusted=self.is_trusted)

    @cached_property
    def is_trusted(self) -> bool:
        """Whether what the files say about places elsewhere counts."""
        from precompass.trust import trusts

        return trusts(self.settings.trust, self._opened)

    @cached_property
    def _opened(self) -> tuple[Path, ...]:
        """The folders that the user opened, and those of single files."""
        return (*self.folders, *sorted({path.parent for path in self.documents}))

    def once(self, function: Callable[[Moment, Path], T], path: Path) -> T:
        """Return what a function answers about a file, which it is asked once in this moment."""
        key = (function, path)
        if key not in self._answered:
            self._answered[key] = function(self, path)
        answer: T = self._answered[key]
        return answer

    @cached_property
    def _answered(self) -> dict[tuple[object, Path], Any]:
        return {}

    def confine(self) -> None:
        """Let the analysis look only at what it may, until the next moment."""
        from precompass.files import disk

        disk.confine(self._reach)

    @cached_property
    def _reach(self) -> Reach:
        from precompass.files import disk
        from precompass.trust import reach_for

        disk.confine(Reach())  # the folders themselves are the user's choice
        chosen = self.settings.analysis
        return reach_for(self._opened, chosen.depots, chosen.variables, is_trusted=self.is_trusted)

    @property
    def julia_files(self) -> tuple[Path, ...]:
        """The open files, and those of Julia's that are in the workspace folders and below."""
        return tuple(dict.fromkeys([*self.documents, *self.workspace.files]))

    @cached_property
    def workspace(self) -> WorkspaceFiles:
        """Julia's files in the workspace folders and below."""
        from precompass.files.workspace import workspace_files

        return workspace_files(self.folders)

    @cached_property
    def positions(self) -> Positions:
        """The positions in the files."""
        return Positions(self.snapshot, self.documents, self.encoding)

    def uri(self, path: Path) -> str:
        """Return the URI of a file, in the client's own words if it has it open."""
        document = self.documents.get(path)
        return document.uri if document is not None else uri_of(path)

    def version(self, path: Path) -> int | None:
        """Return the version of a file, or None if it is not open."""
        document = self.documents.get(path)
        return document.version if document is not None else None
