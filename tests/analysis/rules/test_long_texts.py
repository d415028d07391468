"""A sentence about a name or a value of a file repeats little of it, however long it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from precompass.findings import Finding
from precompass.rules import check
from precompass.wording.shortening import MOST_OF_A_MESSAGE, MOST_OF_A_WORD, brief
from support.environments import manifest, project, session, uuid

LONG = "N" * 5_000
BLANKS = "n " * 2_500
LISTED = project(deps="CSV SnoopPrecompile PrecompileTools")
MANIFEST = manifest(
    {"CSV": "SnoopPrecompile PrecompileTools", "SnoopPrecompile": "", "PrecompileTools": ""}
)


def sentences(found: Finding) -> Iterator[str]:
    yield found.message
    yield found.beside_count or ""
    yield from (one.message for one in found.related)
    yield from (one.title for one in found.fixes)


def files(text: str) -> Iterator[Mapping[str, str]]:
    """Yield environments with a long text in the places of names and of values."""
    yield {
        "Project.toml": f'name = "{text}"\nuuid = "{text}"\nversion = "{text}"\n'
        f'manifest = "{text}"\n"{text}" = 1\n[deps]\nCSV = "{text}"\n"{text}" = "{uuid("CSV")}"\n'
        f'[compat]\nCSV = "{text}"\njulia = "{text}"\n"{text}" = "1"\n'
        f'[targets]\ntest = ["{text}"]\n'
        f'[extensions]\nExt = "{text}"\n[sources]\nCSV = {{path = "{text}"}}\n'
        f'[workspace]\nprojects = ["{text}"]\n[apps]\n"{text}" = {{submodule = "{text}"}}\n',
        "Manifest.toml": f'julia_version = "1.12.2"\nmanifest_format = "2.0"\n[[deps.CSV]]\n'
        f'uuid = "{uuid("CSV")}"\nversion = "{text}"\npath = "{text}"\ndeps = ["{text}"]\n'
        f'[[deps."{text}"]]\nuuid = "{text}"\n',
    }
    yield {
        "Project.toml": LISTED,
        "Manifest.toml": MANIFEST,
        "LocalPreferences.toml": f'["{text}"]\na = 1\n[CSV]\n"{text}" = "{text}"\n'
        f'precompile_workload = "{text}"\n__clear__ = ["{text}", 1]\n'
        f'[SnoopPrecompile]\nskip_precompile = ["{text}", "CSV.{text}"]\n'
        f'[PrecompileTools]\nprecompile_workloads = "{text}"\n',
        "precompass.toml": f'"{text}" = 1\n[severity]\n"{text}" = "{text}"\n'
        f'ignored-preferences = "{text}"\n',
    }
    yield {
        "Project.toml": LISTED + f'# precompass: ignore[{text}]\n["{text}"]\n["{text}"]\n',
        "Manifest.toml": MANIFEST + f'["{text}"]\n["{text}"]\n["{text}\n',
    }


@pytest.mark.parametrize("text", [LONG, BLANKS, f"{LONG}.{LONG}", "/a" * 2_500])
def test_findings_and_fixes_are_as_short_as_of_short_names(tmp_path: Path, text: str) -> None:
    for number, texts in enumerate(files(text)):
        opened = session(tmp_path / str(number), texts)
        every = [one for name in texts for one in check(opened, tmp_path / str(number) / name)]
        assert len({one.code for one in every}) > 1
        for found in every:
            for sentence in sentences(found):
                assert len(sentence) <= MOST_OF_A_MESSAGE
                assert max(map(len, sentence.split()), default=0) <= MOST_OF_A_WORD


def test_a_sentence_goes_on_after_what_is_left_out(tmp_path: Path) -> None:
    text = f'[deps]\nCSV = "{uuid("CSV")}"\n[compat]\nCSV = "{LONG}"\n'
    opened = session(tmp_path, {"Project.toml": text})
    (message,) = (
        one.message
        for one in check(opened, tmp_path / "Project.toml")
        if one.code == "invalid-compat"
    )
    assert message.startswith('Pkg refuses to read this file: "NNN')
    assert "NNN…NNN" in message
    assert 'NNN" is no compat entry. It may hold versions' in message


def test_a_message_of_usual_length_is_as_it_is() -> None:
    message = f"`{'a' * (MOST_OF_A_WORD - 2)}` " + "is a word. " * 40
    assert brief(message) == message
