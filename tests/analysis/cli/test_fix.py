from __future__ import annotations

import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from precompass import rules
from precompass.cli import fix, fixing
from precompass.documents.text import Span, TextEdit
from precompass.findings import FileEdit, Finding, Fix, FixId, Severity
from precompass.session import Session
from support.command_line import MANIFEST, PREFERENCES, PROJECT, Command
from support.special_files import make_pipe

GIT = shutil.which("git")
MOVE = ("--code", "global-skip-list")

MOVED = """\
[SnoopPrecompile]
skip_precompile = ["Meshes"]

[Splines]
precompile_workload = false
"""

PATCH = """\
--- a/LocalPreferences.toml
+++ b/LocalPreferences.toml
@@ -1,2 +1,5 @@
 [SnoopPrecompile]
-skip_precompile = ["Splines", "Meshes"]
+skip_precompile = ["Meshes"]
+
+[Splines]
+precompile_workload = false
"""


def texts(app: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in app.iterdir() if path.is_file()}


def test_a_diff_is_shown_and_nothing_is_written(precompass: Command, app: Path) -> None:
    before = texts(app)
    outcome = precompass("fix", *MOVE)
    assert outcome.code == 1
    assert outcome.out == PATCH
    assert "Move Splines" in outcome.err
    assert precompass("fix", *MOVE, "--diff") == outcome
    assert texts(app) == before


def test_a_path_that_leads_nowhere_is_named_and_the_others_are_fixed(
    precompass: Command, app: Path
) -> None:
    outcome = precompass("fix", *MOVE, "--write", "nowhere", "LocalPreferences.toml")
    assert outcome.code == 2
    assert outcome.err.startswith("error: there is no file or folder nowhere\n")
    assert outcome.err.endswith("Wrote LocalPreferences.toml.\n")
    assert (app / "LocalPreferences.toml").read_text() == MOVED


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_fixed(
    precompass: Command, app: Path
) -> None:
    make_pipe(app / "JuliaProject.toml")
    outcome = precompass("fix", *MOVE, "JuliaProject.toml", "LocalPreferences.toml")
    assert outcome.code == 2
    assert "error: JuliaProject.toml cannot be read: it is not a regular file\n" in outcome.err
    assert precompass("fix", *MOVE, "JuliaProject.toml", "nowhere") == (
        2,
        "",
        "error: there is no file or folder nowhere\n"
        "error: JuliaProject.toml cannot be read: it is not a regular file\n"
        "Nothing to fix.\n",
    )


@pytest.mark.skipif(GIT is None, reason="git is not installed")
def test_the_diff_is_one_that_git_takes(precompass: Command, app: Path) -> None:
    assert GIT is not None
    patch = precompass("fix", *MOVE).out
    subprocess.run([GIT, "apply"], cwd=app, input=patch, text=True, check=True)
    assert (app / "LocalPreferences.toml").read_text() == MOVED


def test_writing_does_it_once(precompass: Command, app: Path) -> None:
    outcome = precompass("fix", *MOVE, "--write")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.endswith("Wrote LocalPreferences.toml.\n")
    assert (app / "LocalPreferences.toml").read_text() == MOVED
    assert precompass("fix", *MOVE, "--write").err.endswith("Nothing to fix.\n")
    assert precompass("fix") == (0, "", "Nothing to fix.\n")


def test_a_fix_that_recompiles_is_not_made_unless_its_rule_is_named(
    precompass: Command, app: Path
) -> None:
    before = texts(app)
    outcome = precompass("fix", "--write")
    assert outcome == (
        0,
        "",
        "Nothing to fix safely. 2 findings have fixes that recompile packages or change behaviour; "
        "apply them by rule: --code global-skip-list or unknown-skipped-package.\n",
    )
    assert texts(app) == before


@pytest.mark.parametrize(("answer", "is_written"), [("y\n", True), ("\n", False), ("", False)])
def test_on_a_terminal_it_says_what_it_recompiles_and_asks(
    precompass: Command,
    app: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    is_written: bool,
) -> None:
    monkeypatch.setattr(fix, "sys", Terminal(answer))
    before = texts(app)
    outcome = precompass("fix", *MOVE, "--write")
    assert outcome.code == int(not is_written)
    assert (texts(app) != before) is is_written
    monkeypatch.setattr(fix, "sys", Terminal("no\n"))
    if not is_written:
        assert precompass("fix", *MOVE, "--write", "--yes").code == 0
        assert texts(app) != before


def test_it_says_what_it_recompiles(precompass: Command) -> None:
    assert "\nThis recompiles 5 of 7 packages and 1 extension.\n" in precompass("fix", *MOVE).err


class Terminal:
    """The module ``sys`` of a program that a person talks to."""

    def __init__(self, answer: str) -> None:
        self.stdin = Typed(answer)
        self.stderr = Typed("")
        self.stdout = sys.stdout


class Typed(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_comment_that_silences_nothing_goes(precompass: Command, app: Path) -> None:
    text = "[Splines]\nprecompile_workload = true  # precompass: ignore[toml-syntax]\n"
    (app / "LocalPreferences.toml").write_text(text)
    assert precompass("fix", "--write").err == (
        "Apply 1 safe fix (recompiles nothing)\nWrote LocalPreferences.toml.\n"
    )
    assert (app / "LocalPreferences.toml").read_text() == (
        "[Splines]\nprecompile_workload = true\n"
    )


def test_a_bound_that_was_written_on_purpose_stays(precompass: Command, app: Path) -> None:
    """An upper bound excludes the version in the manifest because somebody wanted that."""
    (app / "Project.toml").write_text(PROJECT + '[compat]\njulia = "1.9"\nSplines = "<0.5"\n')
    (app / "Manifest.toml").write_text(MANIFEST)
    assert "compat-excludes-resolved" in precompass("check", "--format", "json").out
    outcome = precompass("fix", "--code", "compat-excludes-resolved", "--write")
    assert outcome.err == (
        "warning: 1 finding of compat-excludes-resolved remains: its fix may undo what you wrote; "
        "apply it in an editor\nNothing to fix.\n"
    )


def test_a_change_of_two_files_is_one(precompass: Command, app: Path) -> None:
    """Splines is no direct dependency: for a flag of it, the project has to list it."""
    project = PROJECT.replace('Splines = "0f0e0d0c-1111-4222-8333-444455556603"\n', "")
    (app / "Project.toml").write_text(project)
    outcome = precompass("fix", *MOVE)
    assert "--- a/LocalPreferences.toml\n" in outcome.out
    assert '+Splines = "0f0e0d0c-1111-4222-8333-444455556603"\n' in outcome.out
    assert "--- a/Project.toml\n" in outcome.out
    written = precompass("fix", *MOVE, "--write").err
    assert written.endswith("Wrote LocalPreferences.toml, Project.toml.\n")
    assert precompass("check", "--format", "json").code == 1  # Meshes stays on the list
    assert precompass("fix", *MOVE).code == 0


def test_the_fixes_of_one_rule_are_made_one_after_the_other(precompass: Command, app: Path) -> None:
    (app / "LocalPreferences.toml").write_text(
        "[SnoopPrecompile]\n"
        'skip_precompile = ["Nobody", "Meshes", "Nothing", "Nobody"]\n'
        '[Splines]\nprecompile_workload = "false"\n'
    )
    assert precompass("fix", "--code", "unknown-skipped-package", "--write").code == 0
    assert (app / "LocalPreferences.toml").read_text() == (
        '[SnoopPrecompile]\nskip_precompile = ["Meshes"]\n'
        '[Splines]\nprecompile_workload = "false"\n'
    )
    assert precompass("fix", "--code", "wrong-preference-type", "--write").code == 0
    assert (app / "LocalPreferences.toml").read_text() == (
        '[SnoopPrecompile]\nskip_precompile = ["Meshes"]\n[Splines]\nprecompile_workload = false\n'
    )


def test_a_finding_without_a_fix_to_take_is_told(precompass: Command, app: Path) -> None:
    (app / "LocalPreferences.toml").write_text("x = \n")
    assert precompass("fix", "--code", "toml-syntax") == (
        0,
        "",
        "warning: 1 finding of toml-syntax remains: it has no fix\nNothing to fix.\n",
    )


def test_what_a_fix_leaves_is_told_as_that(precompass: Command) -> None:
    """Splines moves to a flag; the list stays, for Meshes, and so does its finding."""
    outcome = precompass("fix", "--code", "global-skip-list")
    assert outcome.code == 1
    assert outcome.out == PATCH
    warning, title, cost = outcome.err.splitlines()
    assert warning == "warning: 1 finding of global-skip-list remains: it has no fix"
    assert cost.startswith("This recompiles")
    assert title.startswith("Move Splines to its own flag")


def test_several_fixes_are_left_to_be_chosen_from(precompass: Command, app: Path) -> None:
    weak = '[compat]\njulia = "1.9"\n[weakdeps]\nSplines = "0f0e0d0c-1111-4222-8333-444455556603"\n'
    (app / "Project.toml").write_text(PROJECT + weak)
    assert precompass("fix", "--code", "dep-and-weakdep") == (
        0,
        "",
        "warning: 1 finding of dep-and-weakdep remains: it has several fixes; choose one in an "
        "editor\nNothing to fix.\n",
    )


def test_a_rule_that_is_switched_off_has_nothing_to_fix(precompass: Command) -> None:
    outcome = precompass("fix", *MOVE, "--rule", "global-skip-list=off")
    assert outcome == (0, "", "Nothing to fix.\n")


def test_a_rule_that_is_none(precompass: Command) -> None:
    assert precompass("fix", "--code", "toml-sintax").err == (
        "error: there is no rule toml-sintax; did you mean toml-syntax?\n"
    )


def test_mode_byte_order_mark_line_endings_and_links_stay(precompass: Command, app: Path) -> None:
    real = app / "shared" / "preferences.toml"
    real.parent.mkdir()
    real.write_bytes(b"\xef\xbb\xbf" + PREFERENCES.replace("\n", "\r\n").encode())
    real.chmod(0o640)
    (app / "LocalPreferences.toml").unlink()
    (app / "LocalPreferences.toml").symlink_to(real)
    assert precompass("fix", *MOVE, "--write").code == 0
    assert real.read_bytes() == b"\xef\xbb\xbf" + MOVED.replace("\n", "\r\n").encode()
    assert real.stat().st_mode & 0o777 == 0o640
    assert (app / "LocalPreferences.toml").is_symlink()
    assert [path.name for path in real.parent.iterdir()] == ["preferences.toml"]


def test_no_link_out_of_the_folder_is_followed(precompass: Command, app: Path) -> None:
    """A clone may link to a file of its user's, which is not the clone's to show or change."""
    elsewhere = app.parent / "elsewhere.toml"
    elsewhere.write_text(PREFERENCES)
    (app / "LocalPreferences.toml").unlink()
    (app / "LocalPreferences.toml").symlink_to(elsewhere)
    shown = precompass("fix", "--code", "global-skip-list")
    assert "LocalPreferences.toml is a link out of its folder, so it is not fixed" in shown.err
    assert "skip_precompile" not in shown.out
    precompass("fix", "--code", "global-skip-list", "--write")
    assert elsewhere.read_text() == PREFERENCES


def test_a_file_that_is_not_utf_8_is_left_alone(precompass: Command, app: Path) -> None:
    broken = PREFERENCES.encode() + b"# \xff\n"
    (app / "LocalPreferences.toml").write_bytes(broken)
    assert precompass("fix", "--write").code == 0
    assert (app / "LocalPreferences.toml").read_bytes() == broken


def test_several_environments_at_once(precompass: Command, app: Path) -> None:
    other = app / "other"
    other.mkdir()
    for name, text in [
        ("Project.toml", PROJECT),
        ("Manifest.toml", MANIFEST),
        ("LocalPreferences.toml", PREFERENCES),
    ]:
        (other / name).write_text(text)
    assert precompass("fix", *MOVE, "--write").err.endswith(
        "Wrote LocalPreferences.toml, other/LocalPreferences.toml.\n"
    )
    assert (other / "LocalPreferences.toml").read_text() == MOVED


def test_a_terminal_gets_colours(precompass: Command) -> None:
    out = precompass("fix", *MOVE, "--color", "always").out
    assert '\x1b[31m-skip_precompile = ["Splines", "Meshes"]\x1b[0m\n' in out
    assert '\x1b[32m+skip_precompile = ["Meshes"]\x1b[0m\n' in out


@pytest.mark.parametrize("arguments", [["--diff", "--write"], ["nowhere"]])
def test_what_cannot_be_done(precompass: Command, arguments: list[str]) -> None:
    assert precompass("fix", *arguments).code == 2


def test_fixes_that_undo_each_other_come_to_an_end(
    precompass: Command, app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = app / "LocalPreferences.toml"

    def findings(session: Session, path: Path) -> tuple[Finding, ...]:
        turn = Fix("Turn it", FixId("turn", file))
        here = Finding("toml-syntax", Severity.ERROR, path, Span(0, 1), "Turned.", fixes=(turn,))
        assert session.snapshot.is_file(path)
        return (here,)

    def edits(session: Session, fix: FixId) -> tuple[FileEdit, ...]:
        source = session.snapshot.read(fix.file)
        assert source is not None
        turned = TextEdit(Span(0, len(source.text)), source.text[::-1])
        return (FileEdit(fix.file, source.text, (turned,)),)

    monkeypatch.setattr(rules, "check", findings)
    monkeypatch.setattr(fixing, "edits_of", edits)
    outcome = precompass("fix", "--code", "toml-syntax", "LocalPreferences.toml")
    assert outcome == (
        0,
        "",
        "warning: 1 finding of toml-syntax remains: its fix does not remove it\n"
        "Turn it\nTurn it\nNothing to fix.\n",
    )


def test_a_folder_without_files_of_julia(precompass: Command, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    folder = str(tmp_path / "empty")
    said = f"warning: there are no Julia project files in {folder}\nNothing to fix.\n"
    assert precompass("fix", folder) == (0, "", said)
