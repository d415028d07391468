"""``precompass why``: what Julia recompiles next, as people and programs read it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import google_crc32c
import pytest

from precompass.cli import main
from precompass.depot import cache_checksums, reading_budget, staleness
from support.environments import write
from support.reasons_oracle import ReasonsScenario, scenarios


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: Any) -> Path:
    """The files of a measured scenario, with its depot."""
    told = next(one for one in scenarios() if one["name"] == request.param)
    scenario = ReasonsScenario(told, tmp_path)
    monkeypatch.setenv("JULIA_DEPOT_PATH", f"{scenario.depot}")
    monkeypatch.delenv("JULIA_LOAD_PATH", raising=False)
    monkeypatch.chdir(scenario.world)
    return scenario.world


def in_world(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test in the world of a scenario."""

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        chosen = pytest.mark.parametrize("world", [name], indirect=True)
        decorated: Callable[..., None] = pytest.mark.usefixtures("world")(chosen(test))
        return decorated

    return decorate


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["why", *arguments])
    return code, " ".join(capsys.readouterr().out.split())


@in_world("source-edited")
def test_an_edited_source_is_named_with_what_it_recompiles(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, text = printed(capsys, "--project", "envs/plain")
    assert code == 1
    assert "The next `using` recompiles 2 of 6 packages, " in text
    assert "dev/Wall/src/Wall.jl changed after Wall was compiled." in text
    assert "Julia recompiles Wall and 1 dependent (Roof)." in text
    assert "Undo the change to keep the caches, or run `Pkg.precompile()`." in text
    assert "Julia 1.12.2, started as `julia`" in text


@in_world("unchanged")
def test_nothing_to_recompile_is_said_and_the_exit_code_is_0(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, text = printed(capsys, "--project", "envs/plain")
    assert code == 0
    assert text.startswith("The next `using` recompiles nothing: all 6 packages have fitting")


@in_world("unchanged")
def test_without_arguments_the_project_of_the_folder_is_asked_about(
    world: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(world / "envs" / "plain")
    monkeypatch.setattr("sys.argv", ["precompass", "why"])
    assert main() == 0
    assert "recompiles nothing" in capsys.readouterr().out


@pytest.mark.parametrize(
    "option", ["-O1", "--code-coverage", "--code-coverage=user", "--pkgimages=existing", "-Cnative"]
)
@in_world("unchanged")
def test_options_that_plain_caches_serve(capsys: pytest.CaptureFixture[str], option: str) -> None:
    code, text = printed(capsys, option, "--project", "envs/plain")
    assert code == 0
    assert "recompiles nothing" in text


@in_world("unchanged")
def test_another_version_of_julia_has_no_caches(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = printed(capsys, "--project", "envs/plain", "--julia", "1.12.1")
    assert code == 1
    assert "recompiles 6 of 6 packages" in text
    assert "Another build of Julia, 1.12.2, made the caches of 6 packages" in text


@in_world("unchanged")
@pytest.mark.parametrize(
    ("option", "meaning"),
    [
        ("-O3", "-O3"),
        ("-O", "-O3"),
        ("--optimize", "-O3"),
        ("-g", "-g2"),
        ("--check-bounds=yes", "--check-bounds=yes"),
        ("--pkgimages=no", "--pkgimages=no"),
    ],
)
def test_options_of_the_session_are_named(
    option: str, meaning: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = printed(capsys, "--project", "envs/plain", option)
    assert code == 1
    assert "The caches of 6 packages (Ground, Lone and 4 more) were made by `julia`." in text
    assert "Start Julia as `julia` to keep the caches." in text
    assert f"started as `julia {meaning}`" in text


@in_world("manifest-other-version")
def test_another_version_is_named_with_the_line_of_the_manifest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, text = printed(capsys, "--project", "envs/plain")
    assert "envs/plain/Manifest.toml:5 has Ground 0.2.0, and the cache is of 0.1.0." in text
    assert "Julia recompiles Ground and 2 dependents (Roof and Wall)." in text


@in_world("two-causes")
def test_json_names_roots_places_and_each_cache(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = printed(capsys, "--project", "envs/prefs", "--format", "json")
    assert code == 1
    answer = json.loads(text)
    assert answer["schema"] == 1
    assert (answer["count"], answer["of"]) == (2, 5)
    assert 0 < answer["compiled_bytes"] < answer["of_bytes"]
    roots = {root["unit"]: root for root in answer["roots"]}
    assert roots["Paint"]["reason"]["kind"] == "preferences_changed"
    assert roots["Paint"]["reason"]["check"] == 24
    assert roots["Paint"]["file"] == "envs/prefs/LocalPreferences.toml"
    assert roots["Paint"]["line"] == 1
    assert roots["House"]["file"] == "dev/House/src/House.jl"
    (house,) = (one for one in answer["pending"] if one["unit"] == "House")
    assert house["root"] == "House"
    (reason,) = (one["reason"] for one in house["caches"])
    assert (reason["check"], reason["path"]) == (20, "dev/House/src/House.jl")


@in_world("dependency-freed")
def test_a_package_is_followed_down_to_the_cause(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = printed(capsys, "Roof", "--project", "envs/plain")
    assert code == 1
    assert "Roof is recompiled because Ground is recompiled." in text
    assert "Roof → Ground" in text
    assert "built on a build of Ground that no cache has" in text
    code, text = printed(capsys, "Lone", "--project", "envs/plain", "--format", "json")
    assert code == 0
    answer = json.loads(text)
    assert not answer["recompiled"]
    assert [one["reason"] for one in answer["caches"]] == [None]


@in_world("included-file-missing")
def test_what_cannot_be_compiled_is_told_from_what_is_recompiled(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, text = printed(capsys, "--project", "envs/plain")
    assert code == 0
    assert "The next `using` fails: 2 packages cannot be loaded." in text
    assert "Shed cannot be compiled: it includes dev/Shed/src/tools.jl, which is gone." in text
    assert "1 dependent (Yard) is not loaded either." in text


@in_world("preference-moved")
def test_preferences_that_are_no_table_end_the_next_using(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (world / "envs/prefs/LocalPreferences.toml").write_text("Paint = 3\n")
    _, text = printed(capsys, "--project", "envs/prefs")
    assert text.startswith(
        "The next `using` fails: 2 packages cannot be loaded. "
        "Paint cannot be loaded. envs/prefs/LocalPreferences.toml: `Paint` is not a table: "
        "Julia throws a TypeError when it looks for `Paint` here. 1 dependent (House)"
    )
    _, text = printed(capsys, "House", "--project", "envs/prefs")
    assert "House cannot be loaded because Paint cannot: correct envs/prefs/" in text


@in_world("unchanged")
def test_a_broken_file_of_the_shared_environment_is_told_from_the_own_one(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (world / "depot/environments/v1.12/Project.toml").write_text("[deps\nx = 1\n")
    _, text = printed(capsys, "--project", "envs/plain")
    assert text.startswith(
        "Cannot tell what is recompiled: environments/v1.12/Project.toml has a syntax error"
    )


@in_world("newer-build-loaded-first")
def test_what_is_loaded_first_can_be_the_cause(capsys: pytest.CaptureFixture[str]) -> None:
    code, _ = printed(capsys, "--project", "envs/prefs")
    assert code == 0
    code, text = printed(capsys, "--project", "envs/prefs", "--load-first", "Paint")
    assert code == 1
    assert "Paint is loaded first, and House was built on another build." in text


@in_world("unchanged")
def test_an_unknown_package_is_refused_with_a_near_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", "Rof", "--project", "envs/plain"]) == 2
    assert "did you mean Roof?" in capsys.readouterr().err


@in_world("unchanged")
def test_without_a_depot_it_cannot_tell(capsys: pytest.CaptureFixture[str]) -> None:
    _, text = printed(capsys, "--project", "envs/plain", "--no-depot")
    assert text.startswith("Cannot tell what is recompiled: depots are not read.")


@in_world("newer-build-of-dependency")
def test_caches_that_do_not_go_together_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = printed(capsys, "--project", "envs/prefs")
    assert code == 0
    assert "House wants an older build of Paint than its newest cache." in text
    assert "If Paint is loaded first, Julia recompiles House: load House first" in text
    _, text = printed(capsys, "--project", "envs/prefs", "--format", "json")
    assert json.loads(text)["conflicts"] == [
        {"package": "Paint", "newest": ["Paint"], "others": [["House"]]}
    ]


@in_world("unchanged")
def test_caches_of_one_session_go_together(capsys: pytest.CaptureFixture[str]) -> None:
    _, text = printed(capsys, "--project", "envs/plain", "--format", "json")
    assert json.loads(text)["conflicts"] == []


@in_world("unchanged")
def test_what_could_not_be_checked_is_said_first(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(world / "depot/packages")
    code, text = printed(capsys, "--project", "envs/plain")
    assert code == 0
    assert "recompiles nothing, as far as files tell: 1 package not fully checked." in text
    assert "Ground: the source of Ground is not on this machine" in text


def doubts_of_six(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return why six packages are not fully checked."""
    code, text = printed(capsys, "--project", "envs/plain")
    assert code == 0
    assert "recompiles nothing, as far as files tell: 6 packages not fully checked." in text
    _, text = printed(capsys, "--project", "envs/plain", "--format", "json")
    return [doubt["why"] for doubt in json.loads(text)["cannot_tell"]]


@in_world("unchanged")
def test_files_that_are_too_large_to_be_read_are_not_fully_checked(
    world: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Reading files of any size for their checksums would take any time."""
    monkeypatch.setattr(cache_checksums, "MOST_BYTES", 100)
    monkeypatch.setattr(staleness, "MOST_BYTES", 10)
    reasons = doubts_of_six(capsys)
    wall = world / "dev/Wall/src/Wall.jl"
    assert f"{wall} is too large to be compared" in reasons
    (cache,) = (world / "depot/compiled/v1.12/Ground").glob("*.ji")
    assert f"{cache} is too large to be checked for damage" in reasons


@in_world("unchanged")
def test_files_that_are_too_many_to_be_read_are_not_fully_checked(
    world: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A depot may hold thousands of files, each of which is read as a whole."""
    monkeypatch.setattr(reading_budget, "MOST_BYTES_IN_ALL", 2**30 - 1)
    code, _ = printed(capsys, "--project", "envs/plain")
    assert code == 0
    monkeypatch.setattr(reading_budget, "MOST_BYTES_IN_ALL", 0)
    reasons = doubts_of_six(capsys)
    wall = world / "dev/Wall/src/Wall.jl"
    assert f"{wall} is not compared: 0 GiB of files are read at most" in reasons
    (cache,) = (world / "depot/compiled/v1.12/Ground").glob("*.ji")
    assert f"{cache} is not checked for damage: 0 GiB of files are read at most" in reasons


@in_world("unchanged")
def test_a_cache_that_broke_off_is_named_as_the_file_to_delete(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cache = next((world / "depot/compiled/v1.12/Ground").glob("*.ji"))
    cache.write_bytes(cache.read_bytes()[:150])
    code, text = printed(capsys, "--project", "envs/plain")
    assert code == 0
    assert "The next `using` fails: 3 packages cannot be loaded." in text
    assert (
        "Ground cannot be loaded: Julia fails with an EOFError when it reads "
        f"{cache.relative_to(world)}, a cache that is truncated. Delete this file."
    ) in text
    assert "2 dependents (Roof and Wall) are not loaded either." in text


@in_world("unchanged")
def test_a_developed_package_whose_folder_is_gone_is_named(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(world / "dev" / "Wall")
    code, text = printed(capsys, "--project", "envs/plain")
    assert code == 0
    assert "Wall cannot be loaded: its source, dev/Wall, is gone. Restore it." in text
    assert "1 dependent (Roof) is not loaded either." in text
    _, text = printed(capsys, "Roof", "--project", "envs/plain")
    assert "Roof cannot be loaded because Wall cannot: dev/Wall is gone. Restore it." in text


@in_world("unchanged")
def test_a_package_that_is_not_installed_is_told_from_one_that_is_recompiled(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(world / "depot/packages/Ground/fkqib")
    code, text = printed(capsys, "--project", "envs/plain")
    assert code == 0
    assert text.startswith(
        "The next `using` fails: 1 package is not installed. Run `Pkg.instantiate()`. "
        "Not installed: Ground."
    )
    _, text = printed(capsys, "--project", "envs/plain", "--for", "precompile")
    assert text.startswith("`Pkg.precompile()` first installs 1 package.")
    _, text = printed(capsys, "Ground", "--project", "envs/plain")
    assert "Ground cannot be loaded: it is not installed. Run `Pkg.instantiate()`." in text


@in_world("unchanged")
def test_what_is_recompiled_once_packages_are_installed_is_told_with_the_failure(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(world / "depot/packages/Ground/fkqib")
    shutil.rmtree(world / "depot/compiled")
    code, text = printed(capsys, "--project", "envs/plain")
    assert code == 1
    assert text.startswith(
        "The next `using` fails: 1 package is not installed. "
        "After `Pkg.instantiate()`, Julia recompiles 6 of 6 packages."
    )
    _, text = printed(capsys, "--project", "envs/plain", "--for", "precompile")
    assert text.startswith(
        "`Pkg.precompile()` first installs 1 package. Julia recompiles 6 of 6 packages."
    )
    _, text = printed(capsys, "Ground", "--project", "envs/plain")
    assert "Run `Pkg.instantiate()`, which then recompiles it." in text
    _, text = printed(capsys, "--project", "envs/plain", "--format", "json")
    assert json.loads(text)["not_installed"] == ["Ground"]


@in_world("unchanged")
def test_depots_without_native_code_are_doubted(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for library in (world / "depot").rglob("*.so"):
        library.unlink()
    code, text = printed(capsys, "--project", "envs/plain")
    assert code == 0
    assert "recompiles nothing, as far as files tell: the native code was not checked." in text
    assert "cannot tell no depot holds native code: it is taken to be there" in text


@in_world("unchanged")
def test_native_code_for_other_cpus_is_doubted(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Julia compares the targets in a cache with the machine; no file names the machine."""
    cache = next((world / "depot/compiled/v1.12/Lone").glob("*.ji"))
    data = cache.read_bytes()[:-4].replace(b"generic", b"znver99")
    cache.write_bytes(data + google_crc32c.value(data).to_bytes(4, "little"))
    _, text = printed(capsys, "--project", "envs/plain")
    assert "recompiles nothing, as far as files tell: 1 package not fully checked." in text
    assert "Lone: its native code is for other CPU targets than that of most packages" in text


@in_world("manifest-julia-version")
def test_caches_of_another_version_are_named_where_this_one_has_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Which Julia is started is in no file; the manifest says which one wrote it."""
    code, text = printed(capsys, "--project", "envs/plain")
    assert code == 1
    assert "6 packages (Ground, Lone and 4 more) have no cache for this Julia version" in text
    assert (
        "cannot tell which Julia runs: the depots hold caches of these packages for Julia 1.12; "
        "add `--julia 1.12` if that version runs"
    ) in text
    code, text = printed(capsys, "--project", "envs/plain", "--julia", "1.12")
    assert code == 0
    assert "cannot tell" not in text


@in_world("package-developed-elsewhere")
def test_another_source_of_the_same_version_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    _, text = printed(capsys, "--project", "envs/plain")
    assert "Manifest.toml:27 has another source of Wall than the cache, which was made from" in text


def test_an_extension_has_the_source_of_its_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that is gone is said to be gone once."""
    gone, dates = "12345678-0000-4000-8000-000000000001", "ade2ca70-3891-5945-98fb-dc099432e06a"
    write(
        tmp_path,
        {
            "Project.toml": f'[deps]\nDates = "{dates}"\nGone = "{gone}"\n',
            "Manifest.toml": f"""\
julia_version = "1.12.2"
manifest_format = "2.0"

[[deps.Dates]]
uuid = "{dates}"
version = "1.11.0"

[[deps.Gone]]
path = "dev/Gone"
uuid = "{gone}"
version = "0.1.0"
weakdeps = ["Dates"]

    [deps.Gone.extensions]
    GoneDatesExt = "Dates"
""",
        },
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JULIA_DEPOT_PATH", str(tmp_path / "depot"))
    monkeypatch.setenv("JULIA_LOAD_PATH", "@")
    _, text = printed(capsys)
    assert text.count("is gone") == 1
    assert "Gone cannot be loaded: its source, dev/Gone, is gone. Restore it." in text
    assert "1 dependent (Gone/GoneDatesExt) is not loaded either." in text
