"""The colours of a file: no two tokens overlap, and all that the outline names has one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from precompass.answers.semantic_tokens import Token, semantic_tokens
from precompass.answers.symbols import DocumentSymbol, document_symbols
from precompass.documents.text import Span
from support.environments import Package, manifest, project, session
from support.generated_environments import Generated, environments
from support.shared_data import ROOT
from support.survey import files
from support.toml_documents import documents

NAMES = ("Project.toml", "LocalPreferences.toml", "Manifest.toml", "precompass.toml")


def coloured(folder: Path, texts: dict[str, str], name: str) -> list[str]:
    """Return the tokens of a file as ``text type modifiers``."""
    found = semantic_tokens(session(folder, texts), folder / name)
    return [
        " ".join(
            [
                texts[name][token.span.start : token.span.end],
                token.type.value,
                *sorted(modifier.value for modifier in token.modifiers),
            ]
        )
        for token in found
    ]


def test_packages_standard_libraries_and_extensions(tmp_path: Path) -> None:
    text = (
        "[deps]\n"
        'Dates = "ade2ca70-3891-5945-98fb-dc099432e06a" # a calendar\n'
        '[compat]\njulia = "1.10"\nDates = "1"\n'
        '[extensions]\nSurveyDatesExt = ["Dates"]\n'
    )
    assert coloured(tmp_path, {"Project.toml": text}, "Project.toml") == [
        "deps keyword",
        "Dates namespace defaultLibrary",
        '"ade2ca70-3891-5945-98fb-dc099432e06a" string',
        "# a calendar comment",
        "compat keyword",
        "julia property",
        '"1.10" string',
        "Dates namespace defaultLibrary",
        '"1" string',
        "extensions keyword",
        "SurveyDatesExt class",
        '"Dates" namespace defaultLibrary',
    ]


def test_preferences_and_a_table_that_julia_ignores(tmp_path: Path) -> None:
    texts = files('[CSV]\nfast = true\nrows = 3\n[Nobody]\nfast = true\n[Nobody.more]\na = "b"\n')
    assert coloured(tmp_path, texts, "LocalPreferences.toml") == [
        "CSV namespace",
        "fast variable",
        "true enumMember",
        "rows variable",
        "3 number",
        "Nobody comment ignored",
        "fast comment ignored",
        "true comment ignored",
        "Nobody comment ignored",
        "more comment ignored",
        "a comment ignored",
        '"b" comment ignored',
    ]


def test_a_file_that_another_one_hides_is_faded(tmp_path: Path) -> None:
    texts = files("[CSV]\nfast = true\n") | {"JuliaLocalPreferences.toml": "[CSV]\nfast = true\n"}
    found = coloured(tmp_path, texts, "LocalPreferences.toml")
    assert found == ["CSV comment ignored", "fast comment ignored", "true comment ignored"]
    assert coloured(tmp_path, texts, "JuliaLocalPreferences.toml")[0] == "CSV namespace"


def test_a_manifest(tmp_path: Path) -> None:
    lake = Package("Rain", weakdeps="Dates", extensions={"Ext": "Dates"})
    packages: dict[str, str | Package] = {"Lake": lake, "Rain": ""}
    texts = {"Manifest.toml": manifest(packages), "Project.toml": project(deps="Lake")}
    found = coloured(tmp_path, texts, "Manifest.toml")
    assert found.count("deps keyword") == 4
    assert found.count("Lake namespace") == 3
    assert '"Rain" namespace' in found
    assert "Ext class" in found
    assert '"Dates" namespace defaultLibrary' in found


def test_a_value_of_several_lines_has_a_token_on_each(tmp_path: Path) -> None:
    text = '[CSV]\ntext = """\none\n\ntwo"""\n'
    found = coloured(tmp_path, files(text), "LocalPreferences.toml")
    assert found[2:] == ['""" string', "one string", 'two""" string']


def named(symbols: tuple[DocumentSymbol, ...]) -> Iterator[Span]:
    for symbol in symbols:
        yield symbol.selection
        yield from named(symbol.children)


def check(tokens: tuple[Token, ...], symbols: tuple[DocumentSymbol, ...], text: str) -> None:
    spans = [token.span for token in tokens]
    for before, after in pairwise(spans):
        assert before.end <= after.start
    for span in spans:
        assert span.start < span.end
        assert not set(text[span.start : span.end]) & {"\n", "\r"}
    covered = {offset for span in spans for offset in range(span.start, span.end)}
    for selection in named(symbols):
        missing = set(range(selection.start, selection.end)) - covered
        assert {text[offset] for offset in missing} <= set("[]. \t")


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_two_overlap_and_what_the_outline_names_has_one(
    tmp_path: Path, name: str, data: st.DataObject
) -> None:
    text = data.draw(documents)
    if data.draw(st.booleans()):  # a text that somebody is writing
        text = text[: data.draw(st.integers(0, len(text)))]
    found = session(tmp_path, {**files(), name: text})
    check(semantic_tokens(found, tmp_path / name), document_symbols(found, tmp_path / name), text)


@given(generated=environments(("1.10.4", "1.12.1")), data=st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_same_of_files_that_julia_reads(
    tmp_path: Path, generated: Generated, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(generated.files)))
    text = generated.files[name]
    text = text[: data.draw(st.integers(len(text) // 2, len(text)))]
    found = session(tmp_path, {**generated.files, name: text})
    check(semantic_tokens(found, tmp_path / name), document_symbols(found, tmp_path / name), text)


@pytest.mark.parametrize("name", NAMES[:3])
def test_the_same_of_the_example(name: str) -> None:
    folder = ROOT / "examples" / "CatchmentModels"
    text = (folder / name).read_text(encoding="utf-8")
    found = session(folder, {name: text})
    tokens = semantic_tokens(found, folder / name)
    check(tokens, document_symbols(found, folder / name), text)
    part = Span(len(text) // 3, len(text) // 2)
    inside = [
        token for token in tokens if token.span.start <= part.end and part.start <= token.span.end
    ]
    assert list(semantic_tokens(found, folder / name, part)) == inside
