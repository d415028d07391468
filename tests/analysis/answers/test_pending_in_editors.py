"""What an editor shows of what the next ``using`` recompiles: a lens, hints, hovers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from precompass.answers.code_lenses import code_lenses
from precompass.answers.hover import hover
from precompass.files.snapshot import Disk, Snapshot
from precompass.findings import Severity
from precompass.recompilation.installed import DepotMemory
from precompass.report.paragraphs import as_markdown
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from support.reasons_oracle import JULIA, ReasonsScenario, scenarios


class Editor:
    """An editor in which the project file of a measured scenario is open."""

    def __init__(self, name: str, folder: Path) -> None:
        told = next(one for one in scenarios() if one["name"] == name)
        self.scenario = ReasonsScenario(told, folder)
        self.project = self.scenario.world / "envs" / told["environment"] / "Project.toml"
        self.memory = DepotMemory()

    def session(self, text: str | None = None) -> Session:
        texts = {} if text is None else {self.project: text}
        settings = Settings(
            julia=JULIA,
            depots=str(self.scenario.depot),
            variables={"HOME": str(self.scenario.world)},
        )
        return Session(Snapshot(Disk(), texts), settings, self.memory)

    @property
    def lens(self) -> list[str]:
        found = code_lenses(self.session(), self.project)
        return [lens.title for lens in found if lens.is_about_caches]

    @property
    def messages(self) -> dict[str, str]:
        """The hints by the text that they are at."""
        text = self.project.read_text()
        return {
            text[finding.span.start : finding.span.end]: finding.message
            for finding in check(self.session(), self.project)
            if finding.code == "pending-recompilation"
        }

    def hover(self, name: str) -> str:
        found = hover(self.session(), self.project, self.project.read_text().index(name))
        assert found is not None
        return as_markdown(found.paragraphs)


def test_a_lens_on_the_first_line_says_what_is_recompiled_and_why(tmp_path: Path) -> None:
    (title,) = Editor("source-edited", tmp_path).lens
    assert title.startswith("The next using recompiles 2 of 6 packages, ")
    assert title.endswith(": Wall/src/Wall.jl changed")


def test_preferences_are_counted_in_the_lens(tmp_path: Path) -> None:
    (title,) = Editor("two-causes", tmp_path).lens
    assert ": 1 preference differs, " in title
    assert title.endswith(", House/src/House.jl changed")


def test_there_is_no_lens_where_nothing_is_recompiled(tmp_path: Path) -> None:
    assert Editor("unchanged", tmp_path).lens == []


def test_a_lens_says_that_loading_fails(tmp_path: Path) -> None:
    (title,) = Editor("included-file-missing", tmp_path).lens
    assert title == "The next using fails: 2 packages cannot be loaded"


def test_a_hint_stands_at_the_package_or_at_the_first_line(tmp_path: Path) -> None:
    editor = Editor("source-edited", tmp_path)
    assert list(editor.messages) == ["Wall"]
    assert (
        "changed after Wall was compiled. Julia recompiles Wall and 1 dependent (Roof)."
        in (editor.messages["Wall"])
    )
    text = editor.project.read_text()
    editor.project.write_text("\n".join(line for line in text.split("\n") if "Wall" not in line))
    assert list(editor.messages) == ["[deps]"]


def test_a_hint_is_as_a_hint_is_by_default(tmp_path: Path) -> None:
    editor = Editor("native-file-deleted", tmp_path)
    found = [
        finding
        for finding in check(editor.session(), editor.project)
        if finding.code == "pending-recompilation"
    ]
    assert [finding.severity for finding in found] == [Severity.HINT]
    assert "the native code of Ground, is gone." in found[0].message


def test_a_hover_names_caches_that_do_not_go_together(tmp_path: Path) -> None:
    editor = Editor("newer-build-of-dependency", tmp_path)
    told = "House wants an older build of Paint than its newest cache."
    assert told in editor.hover("House")
    assert told in editor.hover("Paint")
    assert "older build" not in editor.hover("Wall")


def test_a_hover_says_why_a_package_cannot_be_loaded(tmp_path: Path) -> None:
    editor = Editor("included-file-missing", tmp_path)
    assert "Shed cannot be compiled: it includes" in editor.hover("Shed")
    assert "Yard cannot be compiled because Shed cannot" in editor.hover("Yard")
    editor = Editor("unchanged", tmp_path / "other")
    shutil.rmtree(editor.scenario.depot / "packages" / "Ground" / "fkqib")
    assert "It is not installed, so it cannot be loaded" in editor.hover("Ground")


def test_a_hover_says_whether_the_cache_fits(tmp_path: Path) -> None:
    editor = Editor("source-edited", tmp_path)
    assert "Its compile cache fits: the next `using` does not recompile it." in editor.hover("Lone")
    assert "changed after Wall was compiled." in editor.hover("Wall")
    assert "The next `using` recompiles it, because it recompiles Wall." in editor.hover("Roof")


def test_typing_does_not_look_at_the_caches_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = Editor("source-edited", tmp_path)
    (title,) = editor.lens
    looked: list[object] = []
    monkeypatch.setattr("precompass.recompilation.why.explain_why", looked.append)
    typed = editor.session(editor.project.read_text() + "\n# typed\n")
    assert [lens.title for lens in code_lenses(typed, editor.project)] == [title]
    assert looked == []


def test_after_saving_the_lens_is_fresh(tmp_path: Path) -> None:
    editor = Editor("source-edited", tmp_path)
    assert len(editor.lens) == 1
    wall = editor.scenario.world / "dev/Wall/src/Wall.jl"
    wall.write_text(wall.read_text().replace("extra() = 7\n", ""))
    editor.memory.forget()
    assert editor.lens == []
