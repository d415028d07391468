"""Work is done once: the rules check a file once for a state of the files, however often asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from precompass.answers.code_actions import fix_all, fixes_at
from precompass.documents.text import Span
from precompass.documents.toml import TomlDocument
from precompass.file_context import FileContext, context_of
from precompass.findings import Finding
from precompass.julia.preferences import Preference
from precompass.rules import RULES, check
from support import survey
from support.environments import invalidations, session, uuid
from support.made_environments import made_manifest, made_project

FOLDER = Path("/once")
LIST = '[SnoopPrecompile]\nskip_precompile = ["CSV"]\n'


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that the rule of the skip list was asked about."""
    rule, asked = RULES["global-skip-list"], list[Path]()

    def counting(context: FileContext) -> Iterator[Finding]:
        asked.append(context.path)
        return rule.check(context)

    monkeypatch.setitem(RULES, rule.code, replace(rule, check=counting))
    return asked


def test_diagnostics_and_code_actions_share_one_check(checked: list[Path]) -> None:
    opened, path = session(FOLDER, survey.files(LIST)), FOLDER / "LocalPreferences.toml"
    assert check(opened, path) == check(opened, path)
    fixes_at(opened, path, Span(0, len(LIST)))
    fix_all(opened, path)
    assert checked == [path]


def test_another_state_is_checked_again(checked: list[Path]) -> None:
    for text in (LIST, LIST.replace("CSV", "Tables")):
        check(session(FOLDER, survey.files(text)), FOLDER / "LocalPreferences.toml")
    assert len(checked) == 2


def test_a_context_and_a_count_are_made_once() -> None:
    opened, path = session(FOLDER, survey.files(LIST)), FOLDER / "LocalPreferences.toml"
    assert context_of(opened, path) is context_of(opened, path)
    found, preference = invalidations(FOLDER, survey.files()), Preference(uuid("Tables"), "rows")
    assert found.of_preference(preference) is found.of_preference(preference)
    listed = found.of_preference(Preference(uuid("Parsers"), "a"), if_listed=True)
    assert listed != found.of_preference(Preference(uuid("Parsers"), "a"))


def test_a_sound_manifest_is_read_without_places_for_its_project(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its tree is twenty times as large as its text, and nothing of it is shown there."""
    with_places, made = TomlDocument.root, set[str]()

    def noting(document: TomlDocument) -> object:
        made.add(document.text)
        return with_places.__get__(document)

    monkeypatch.setattr(TomlDocument, "root", property(noting))
    project, manifest = made_project(30), made_manifest(30)
    opened = session(FOLDER, {"Project.toml": project, "Manifest.toml": manifest})
    check(opened, FOLDER / "Project.toml")
    assert made == {project}


def test_preferences_that_recompile_the_same_share_the_answer() -> None:
    """A file may set thousands of preferences, of few packages."""
    found = invalidations(FOLDER, survey.files())
    one, other = (found.of_preference(Preference(uuid("Tables"), key)) for key in ("a", "b"))
    assert one.preference != other.preference
    assert one.recompilation is other.recompilation
    wider = found.of_preference(Preference(uuid("Parsers"), "a")).recompilation
    assert wider.count != one.recompilation.count
