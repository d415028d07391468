"""The colours of a file, in the numbers of the protocol."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from lsprotocol import types

from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]

TYPES = ["namespace", "class", "keyword", "property", "variable", "string", "number"]
CAPABLE = types.ClientCapabilities(
    text_document=types.TextDocumentClientCapabilities(
        semantic_tokens=types.SemanticTokensClientCapabilities(
            requests=types.ClientSemanticTokensRequestOptions(range=True, full=True),
            token_types=[*TYPES, "enumMember", "comment"],
            token_modifiers=["defaultLibrary", "deprecated"],
            formats=[types.TokenFormat.Relative],
        )
    )
)


def decoded(
    legend: types.SemanticTokensLegend, text: str, numbers: Sequence[int]
) -> list[tuple[str, str, list[str]]]:
    """Return the tokens as a client makes them: text, type, modifiers."""
    assert len(numbers) % 5 == 0
    lines = text.split("\n")
    found = []
    line = character = 0
    for at in range(0, len(numbers), 5):
        down, right, length, kind, bits = numbers[at : at + 5]
        line, character = line + down, right + (0 if down else character)
        modifiers = [
            name for number, name in enumerate(legend.token_modifiers) if bits & (1 << number)
        ]
        content = lines[line].encode("utf-16-le")[2 * character : 2 * (character + length)]
        found.append((content.decode("utf-16-le"), legend.token_types[kind], modifiers))
    return found


async def test_what_julia_ignores_is_faded(editor: Editor, preferences: Path) -> None:
    session = await editor.start_session(preferences.parent, capabilities=CAPABLE)
    provider = session.capabilities.semantic_tokens_provider
    assert provider is not None
    text = '[Forest] # 😀\n"😀" = true\n[Lake]\ndepth = 3\n'
    editor.open(preferences, text)
    identifier = types.TextDocumentIdentifier(preferences.as_uri())
    found = await editor.text_document_semantic_tokens_full_async(
        types.SemanticTokensParams(identifier)
    )
    assert found is not None
    tokens = decoded(provider.legend, text, found.data)
    assert tokens == [
        ("Forest", "namespace", []),
        ("# 😀", "comment", []),
        ('"😀"', "variable", []),
        ("true", "enumMember", []),
        ("Lake", "comment", ["ignored"]),
        ("depth", "comment", ["ignored"]),
        ("3", "comment", ["ignored"]),
    ]
    part = types.Range(types.Position(1, 0), types.Position(1, 1))
    found = await editor.text_document_semantic_tokens_range_async(
        types.SemanticTokensRangeParams(identifier, part)
    )
    assert found is not None
    assert decoded(provider.legend, text, found.data) == tokens[2:3]


async def test_every_type_and_modifier_of_the_answer_is_in_the_legend() -> None:
    from precompass.answers.semantic_tokens import TokenModifier, TokenType
    from precompass_lsp.semantic_tokens import LEGEND

    assert [kind.value for kind in TokenType] == LEGEND.token_types
    assert [modifier.value for modifier in TokenModifier] == LEGEND.token_modifiers
    assert {kind.value for kind in TokenType} <= {one.value for one in types.SemanticTokenTypes}


async def test_another_file_has_none(editor: Editor, project: Path) -> None:
    await editor.start_session(project.parent, capabilities=CAPABLE)
    other = project.with_name("other.toml")
    editor.open(other, "a = 1\n")
    found = await editor.text_document_semantic_tokens_full_async(
        types.SemanticTokensParams(types.TextDocumentIdentifier(other.as_uri()))
    )
    assert found is not None
    assert list(found.data) == []
