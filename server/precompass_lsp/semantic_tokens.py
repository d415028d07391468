"""Semantic tokens: the colours of a file."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.uris import path_of

LEGEND = types.SemanticTokensLegend(
    token_types=[
        "namespace",
        "class",
        "keyword",
        "property",
        "variable",
        "string",
        "number",
        "enumMember",
        "comment",
    ],
    token_modifiers=["defaultLibrary", "deprecated", "ignored"],
)
"""The words by whose numbers the protocol speaks; ``ignored`` is no standard one."""


def register(server: Host) -> None:
    """Let a server colour files."""

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, LEGEND)
    async def full(ls: Host, params: types.SemanticTokensParams) -> types.SemanticTokens:
        path = path_of(params.text_document.uri)
        if path is None:
            return types.SemanticTokens([])
        return types.SemanticTokens(await ls.answer([], tokens_of, ls.moment, path, None))

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, LEGEND)
    async def within(ls: Host, params: types.SemanticTokensRangeParams) -> types.SemanticTokens:
        path = path_of(params.text_document.uri)
        if path is None:
            return types.SemanticTokens([])
        return types.SemanticTokens(await ls.answer([], tokens_of, ls.moment, path, params.range))


def tokens_of(moment: Moment, path: Path, within: types.Range | None) -> list[int]:
    """Return the tokens of a file, each as five numbers, relative to the one before."""
    from precompass.answers.semantic_tokens import semantic_tokens
    from precompass.documents.text import Span

    positions = moment.positions
    span = None
    if within is not None:
        span = Span(positions.offset(path, within.start), positions.offset(path, within.end))
    types_by_name = {name: number for number, name in enumerate(LEGEND.token_types)}
    bits = {name: 1 << number for number, name in enumerate(LEGEND.token_modifiers)}
    numbers: list[int] = []
    line = character = 0
    for token in semantic_tokens(moment.session, path, span):
        place = positions.range(path, token.span)
        lines = place.start.line - line
        numbers += (
            lines,
            place.start.character - (0 if lines else character),
            place.end.character - place.start.character,
            types_by_name[token.type.value],
            sum(bits[modifier.value] for modifier in token.modifiers),
        )
        line, character = place.start.line, place.start.character
    return numbers
