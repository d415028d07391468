"""Several registries at once, in the order of their depots."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from precompass.julia.uuids import UUID
from precompass.registry.registries import Registries, open_registries

Write = Callable[..., Path]
EXAMPLE = UUID("7876af07-990d-54b4-ab0e-23690620f79a")
IMPOSTOR = UUID("7876af07-990d-54b4-ab0e-23690620f79b")

LOCAL = {
    "Registry.toml": f"""
name = "Local"
uuid = "4418983a-e44d-11e8-3aec-9789530b3b3e"

[packages]
{EXAMPLE} = {{ name = "Example", path = "Example" }}
{IMPOSTOR} = {{ name = "Plots", path = "Plots" }}
""",
    "Example/Package.toml": 'name = "Example"\nrepo = "https://example.org/fork"\n',
    "Example/Versions.toml": '["0.9.0"]\ngit-tree-sha1 = "1"\n["0.5.4"]\ngit-tree-sha1 = "2"\n',
    "Plots/Package.toml": 'name = "Plots"\nrepo = "https://example.org/Plots"\n',
    "Plots/Versions.toml": '["0.1.0"]\ngit-tree-sha1 = "3"\nyanked = true\n',
}


@pytest.fixture
def registries(tmp_path: Path, write_packed: Write, write_unpacked: Write) -> Registries:
    write_packed(depot=tmp_path / "a")
    write_unpacked(LOCAL, depot=tmp_path / "b", name="Local")
    opened = open_registries([tmp_path / "a", tmp_path / "b"], tmp_path / "cache")
    assert opened.problems == ()
    return opened


def test_every_registry_that_has_a_package_is_asked_in_order(registries: Registries) -> None:
    assert [registry.name for registry in registries.found] == ["Small", "Local"]
    assert [(p.registry, p.repository) for p in registries.packages(EXAMPLE)] == [
        ("Small", "https://example.org/Example.jl.git"),
        ("Local", "https://example.org/fork"),
    ]
    assert [s.registry for s in registries.summaries(EXAMPLE)] == ["Small", "Local"]
    assert registries.packages(UUID(int=0)) == ()


def test_a_name_may_stand_for_several_packages(registries: Registries) -> None:
    assert [(s.registry, s.uuid == IMPOSTOR) for s in registries.named("Plots")] == [
        ("Small", False),
        ("Local", True),
    ]
    assert registries.named("Nothing") == ()


def test_the_newest_version_may_be_in_any_registry(registries: Registries) -> None:
    assert str(registries.newest(EXAMPLE)) == "0.9.0"
    assert registries.newest(IMPOSTOR) is None


def test_completion_shows_a_package_of_two_registries_once(registries: Registries) -> None:
    shown = registries.starting_with("")
    assert [s.name for s in shown] == [
        *["Cairo_jll", "Example", "Old", "Plots", "Plots", "Preferences", "Unitful"]
    ]
    assert registries.starting_with("", limit=2) == shown[:2]


def test_progress_runs_over_all_registries(
    tmp_path: Path, write_packed: Write, write_unpacked: Write
) -> None:
    write_packed(depot=tmp_path / "a")
    write_unpacked(LOCAL, depot=tmp_path / "a", name="Local")
    shares: list[float] = []
    open_registries([tmp_path / "a"], tmp_path / "cache", shares.append)
    assert shares == sorted(shares)
    assert shares[0] < 0.5 <= shares[-1] <= 1


def test_one_bad_registry_does_not_hide_another(
    tmp_path: Path, depot: Path, write_packed: Write, write_unpacked: Write
) -> None:
    bad = write_packed(name="Bad")
    bad.with_suffix(".tar.gz").write_bytes(b"")
    write_packed({"Registry.toml": "x = "}, name="Worse")
    (depot / "registries" / "Worst.toml").write_text("x = ")
    write_unpacked(LOCAL, name="Local")
    opened = open_registries([depot], tmp_path / "cache")
    assert [registry.name for registry in opened.found] == ["Local"]
    assert {(problem.path.name, problem.message) for problem in opened.problems} == {
        ("Bad.tar.gz", "the archive is empty"),
        ("Worse.toml", "its Registry.toml is not TOML: Invalid value (at end of document)"),
        ("Worst.toml", "is not TOML: Invalid value (at end of document)"),
    }
    opened.close()


def test_without_depots_there_is_nothing() -> None:
    opened = open_registries([], None)
    assert opened == Registries((), ())
    assert opened.newest(EXAMPLE) is None
    assert opened.starting_with("") == ()
