"""What the client can do, as far as it matters here (LSP 3.17, ``ClientCapabilities``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from lsprotocol import types
from pygls.capabilities import get_capability

from precompass.documents.text import PositionEncoding

SHOW_PICTURE = "precompass.showPicture"
"""The command of a client that shows the picture of a preference."""
EXPLAIN = "precompass.explainPreference"
"""The command of a client that explains what is at a place."""
SHOW_STATUS = "precompass.showStatus"
"""The command of a client that shows the status of a project."""


class Client(msgspec.Struct, frozen=True):
    """The client's abilities.

    Attributes:
        pulls_diagnostics: it can ask for diagnostics, and asks again when it is told to.
        related_information, code_description, unnecessary_tag: parts of a diagnostic it shows.
        markdown: it shows hovers in Markdown.
        resolves_edits: it asks for the edits of a code action when the user has chosen it.
        versioned_edits: it takes edits that name the version they were made for.
        registers_watchers: it can be asked to tell when files change on disk.
        watches_outside: it can watch folders outside of the workspace, too.
        registers_configuration: it can be asked to tell when settings change.
        gives_configuration: it can be asked for settings.
        shows_progress: it shows how far long work has come.
        nested_symbols: it shows the outline of a file as a tree.
        shows_hints, shows_lenses: it can show inlay hints and code lenses.
        has_lenses_on: it says that it shows code lenses now; many that can do not.
        refreshes_hints, refreshes_lenses: it asks again for them when it is told to.
        shares_edit_range: it takes one range for all completions of an answer.
        commands: those commands of its own that it wants to be offered.
        linked_commands: the commands that it runs from a link in a hover.
    """

    pulls_diagnostics: bool = False
    related_information: bool = False
    code_description: bool = False
    unnecessary_tag: bool = False
    markdown: bool = True
    resolves_edits: bool = False
    versioned_edits: bool = False
    registers_watchers: bool = False
    watches_outside: bool = False
    registers_configuration: bool = False
    gives_configuration: bool = False
    shows_progress: bool = False
    nested_symbols: bool = False
    shows_hints: bool = False
    shows_lenses: bool = False
    has_lenses_on: bool = False
    refreshes_hints: bool = False
    refreshes_lenses: bool = False
    shares_edit_range: bool = False
    commands: frozenset[str] = frozenset()
    linked_commands: frozenset[str] = frozenset()


def read_client(capabilities: types.ClientCapabilities, options: object = None) -> Client:
    """Return what a client says of itself in its ``initialize`` request.

    The protocol has no words for commands of a client, nor for what it is set to show; so these
    are the lists ``commands`` and ``linkedCommands`` and the boolean ``showsLenses`` of its
    initialization *options*.

    Only clients that can also be told to pull again are offered to pull diagnostics, because a
    change of one file changes the diagnostics of others. All other clients get them pushed.
    """
    published = capabilities.text_document and capabilities.text_document.publish_diagnostics
    tags = published.tag_support.value_set if published and published.tag_support else ()
    formats = get_capability(capabilities, "text_document.hover.content_format")
    resolved = get_capability(capabilities, "text_document.code_action.resolve_support")
    return Client(
        pulls_diagnostics=get_capability(capabilities, "text_document.diagnostic") is not None
        and bool(get_capability(capabilities, "workspace.diagnostics.refresh_support")),
        related_information=bool(published and published.related_information),
        code_description=bool(published and published.code_description_support),
        unnecessary_tag=types.DiagnosticTag.Unnecessary in tags,
        markdown=not formats or types.MarkupKind.Markdown in formats,
        resolves_edits=bool(
            resolved is not None
            and "edit" in resolved.properties
            and get_capability(capabilities, "text_document.code_action.data_support")
        ),
        versioned_edits=bool(
            get_capability(capabilities, "workspace.workspace_edit.document_changes")
        ),
        registers_watchers=bool(
            get_capability(capabilities, "workspace.did_change_watched_files.dynamic_registration")
        ),
        watches_outside=bool(
            get_capability(
                capabilities, "workspace.did_change_watched_files.relative_pattern_support"
            )
        ),
        registers_configuration=bool(
            get_capability(capabilities, "workspace.did_change_configuration.dynamic_registration")
        ),
        gives_configuration=bool(get_capability(capabilities, "workspace.configuration")),
        shows_progress=bool(get_capability(capabilities, "window.work_done_progress")),
        nested_symbols=bool(
            get_capability(
                capabilities,
                "text_document.document_symbol.hierarchical_document_symbol_support",
            )
        ),
        shows_hints=get_capability(capabilities, "text_document.inlay_hint") is not None,
        shows_lenses=get_capability(capabilities, "text_document.code_lens") is not None,
        refreshes_hints=bool(get_capability(capabilities, "workspace.inlay_hint.refresh_support")),
        refreshes_lenses=bool(get_capability(capabilities, "workspace.code_lens.refresh_support")),
        shares_edit_range="editRange"
        in (
            get_capability(capabilities, "text_document.completion.completion_list.item_defaults")
            or ()
        ),
        has_lenses_on=isinstance(options, Mapping) and options.get("showsLenses") is True,
        commands=_commands(options, "commands"),
        linked_commands=_commands(options, "linkedCommands"),
    )


def _commands(options: object, name: str) -> frozenset[str]:
    named = options.get(name) if isinstance(options, Mapping) else None
    if not isinstance(named, Sequence):
        return frozenset()
    return frozenset(each for each in named if isinstance(each, str))


def encoding_of(kind: types.PositionEncodingKind | str | None) -> PositionEncoding:
    """Return the position encoding that was negotiated; UTF-16 where none was (LSP 3.17)."""
    return PositionEncoding(types.PositionEncodingKind(kind or "utf-16").value)
