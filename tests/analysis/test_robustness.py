"""Whatever stands in the files: every question has an answer, and no answer is an exception."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from precompass.answers.hover import hover
from precompass.documents.text import apply_edits
from precompass.documents.toml import parse_toml
from precompass.files.snapshot import Disk, Snapshot
from precompass.fixes import edits_of
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from support import survey
from support.environments import session
from support.generated_environments import Generated, environments

FOLDER = Path("/no/such/folder")
JULIAS = ("1.6.5", "1.10.4", "1.12.2", "1.13.0", "1.14.0")

FRAGMENTS = (
    "",
    "[",
    "]]",
    '"',
    "'''",
    "=",
    "\n",
    "\r\n",
    "# ",
    "é😀",
    "\x00",
    "1",
    "true",
    "{}",
    "[preferences]\n",
    "[deps]\n",
    '[SnoopPrecompile]\nskip_precompile = ["Survey"]\n',
    "[PrecompileTools]\nprecompile_workloads = false\n",
    "[Survey]\n__clear__ = 1\n",
    "julia_version = 7\n",
    "[[deps.Survey]]\n",
    '[workspace]\nprojects = ["."]\n',
    "9" * 400,
    "1979-05-27",
    "nan",
)

moderately = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """A text in which something was replaced, some lines were moved or doubled."""
    for _ in range(draw(st.integers(0, 3))):
        lines = text.splitlines(keepends=True)
        if draw(st.booleans()) and lines:
            at = draw(st.integers(0, len(lines) - 1))
            to = draw(st.integers(0, len(lines)))
            text = "".join([*lines[:to], lines[at], *lines[to:]])
        else:
            start = draw(st.integers(0, len(text)))
            end = min(len(text), start + draw(st.integers(0, 12)))
            text = text[:start] + draw(st.sampled_from(FRAGMENTS)) + text[end:]
    return text


@moderately
@given(st.data(), environments(JULIAS), st.booleans())
def test_damaged_environments_have_answers(
    data: st.DataObject, generated: Generated, is_survey: bool
) -> None:
    files = dict(
        survey.files('[SnoopPrecompile]\nskip_precompile = ["Survey", "CSV"]\n[CSV]\na = 1\n')
        if is_survey
        else generated.files
    )
    files = {name: data.draw(damaged(text)) for name, text in files.items()}
    opened = session(FOLDER, files)
    for name, text in files.items():
        for finding in check(opened, FOLDER / name):
            assert 0 <= finding.span.start <= finding.span.end <= len(text)
            assert finding.message
            for related in finding.related:
                assert 0 <= related.span.start <= related.span.end
            for fix in finding.fixes:
                for edit in edits_of(opened, fix.id) or ():
                    assert not parse_toml(apply_edits(edit.before, edit.edits)).faults
        for offset in data.draw(st.lists(st.integers(0, len(text)), max_size=5)):
            found = hover(opened, FOLDER / name, offset)
            assert found is None or found.paragraphs


@pytest.mark.parametrize("name", ["Project.toml", "Manifest.toml", "LocalPreferences.toml"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "x",
        "[" * 5_000,
        "a = " + "{a = " * 500,
        "[deps]\n" * 300,
        "[[deps.A]]\n" * 300,
        "\x00" * 100,
        "# only a comment",
        "deps = 1\nname = []\nuuid = {}\npreferences = 2\nworkspace = 3\nmanifest = 4\n",
        'manifest = "Manifest.toml"\n',
        'manifest = "/dev/zero"\n',
        'manifest = "../../../../etc/passwd"\n',
        '[workspace]\nprojects = ["..", ".", "/", "\\u0000"]\n',
    ],
    ids=range(14),
)
def test_odd_files_have_answers(tmp_path: Path, name: str, text: str) -> None:
    files = survey.files("[CSV]\na = 1\n") | {name: text}
    opened = session(tmp_path, files, julia="1.12.2")
    for other in files:
        check(opened, tmp_path / other)
        hover(opened, tmp_path / other, 1)


def test_a_folder_in_the_place_of_a_file(tmp_path: Path) -> None:
    for name in ("Manifest.toml", "LocalPreferences.toml", "JuliaProject.toml"):
        (tmp_path / name).mkdir()
    (tmp_path / "Project.toml").write_text(survey.PROJECT)
    opened = Session(Snapshot(Disk()), Settings(use_depot=False, variables={}))
    check(opened, tmp_path / "Project.toml")
    found = opened.invalidations(tmp_path / "Project.toml")
    assert found is not None
    assert found.environment.manifest is None
