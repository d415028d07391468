"""The outline of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from precompass.answers.symbols import DocumentSymbol, document_symbols
from support.environments import Package, manifest, project, session, uuid

MANIFEST = manifest(
    {
        "CSV": Package("Dates", version="0.10.9", weakdeps="Rain", extensions={"RainExt": "Rain"}),
        "Dates": "",
    }
)


def outline(symbols: Iterable[DocumentSymbol], depth: int = 0) -> Iterator[str]:
    for symbol in symbols:
        yield f"{'  ' * depth}{symbol.kind.value} {symbol.name} {symbol.detail}".rstrip()
        yield from outline(symbol.children, depth + 1)


def test_a_project_file_has_its_tables_keys_and_packages(tmp_path: Path) -> None:
    text = (
        project("Survey", deps="CSV Rain") + '[targets]\ntest = ["CSV", "Rain"]\n'
        "[preferences.CSV]\nfast = true\nrows = 3\n"
    )
    opened = session(tmp_path, {"Project.toml": text, "Manifest.toml": MANIFEST})
    assert list(outline(document_symbols(opened, tmp_path / "Project.toml"))) == [
        "string name Survey",
        f"string uuid {uuid('Survey')}",
        "string version 0.1.0",
        "struct deps",
        "  package CSV 0.10.9",
        f"  package Rain {uuid('Rain')}",
        "struct targets",
        "  array test 2 items",
        "struct preferences",
        "  struct CSV",
        "    boolean fast true",
        "    number rows 3",
    ]


def test_a_manifest_has_its_packages(tmp_path: Path) -> None:
    opened = session(tmp_path, {"Manifest.toml": MANIFEST})
    found = document_symbols(opened, tmp_path / "Manifest.toml")
    assert list(outline(found)) == [
        "string julia_version 1.10.4",
        "string manifest_format 2.0",
        "package CSV 0.10.9",
        "package Dates standard library",
    ]
    csv = MANIFEST[found[2].span.start : found[2].span.end]
    assert csv.startswith("[[deps.CSV]]")
    assert csv.endswith('RainExt = "Rain"')


def test_every_symbol_holds_its_key_and_its_children(tmp_path: Path) -> None:
    text = '[a]\nb.c = 1\n# end\n[x]\n[a.d]\n"" = """\n\n"""\n[[e]]\nf = {g = 1}\n[[e]]\n'
    opened = session(tmp_path, {"LocalPreferences.toml": text})

    def check(symbol: DocumentSymbol) -> None:
        assert symbol.name
        assert symbol.span.start <= symbol.selection.start <= symbol.selection.end
        assert symbol.selection.end <= symbol.span.end
        for child in symbol.children:
            assert symbol.span.start <= child.span.start <= child.span.end <= symbol.span.end
            check(child)

    found = document_symbols(opened, tmp_path / "LocalPreferences.toml")
    assert [symbol.name for symbol in found] == ["a", "x", "e"]
    for symbol in found:
        check(symbol)


def test_a_broken_file_keeps_what_stands_outside_the_damage(tmp_path: Path) -> None:
    text = "[CSV]\nfast = \nrows = 3\n[Rain\nx = 1\n[Snow]\ny = 1\n"
    opened = session(tmp_path, {"LocalPreferences.toml": text})
    found = document_symbols(opened, tmp_path / "LocalPreferences.toml")
    assert list(outline(found)) == ["struct CSV", "  number rows 3", "struct Snow", "  number y 1"]
