"""Caches that a session does not use: made with other options, damaged, or without native code.

The project uses Hammer, which uses Anvil. Anvil reads ``mass`` while it compiles.
"""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

import google_crc32c
import pytest
from msgspec.structs import replace

from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.hashing import preference_hash
from precompass.julia.preferences import Preference
from precompass.julia.slugs import cache_directory, cache_entry
from precompass.recompilation.difference import Difference, difference
from precompass.recompilation.invalidation import Invalidations
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from support.cache_files import BASE, CACHE_CHECKSUM, CORE, Module, cache_bytes

ANVIL = UUID("49b8ebeb-9ccc-5818-88b0-5f35b5814e67")
HAMMER = UUID("6930801b-fba9-547b-af67-e540562422c6")
RAKE = UUID("69867c64-6725-5341-8ea7-b3c12aecb03b")
UUIDS = {"Anvil": ANVIL, "Hammer": HAMMER, "Rake": RAKE}
BUILDS = {"Anvil": 1, "Hammer": 2, "Rake": 3}
PLAIN, TESTS, LESS, MORE, WITHOUT_NATIVE_CODE = 0xA3, 0xAB, 0x63, 0xE3, 0xA2
HEAVY = "[Anvil]\nmass = 60\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "bench"
    folder.mkdir()
    (folder / "Project.toml").write_text(
        f'[deps]\nHammer = "{HAMMER}"\nRake = "{RAKE}"\n\n[extras]\nAnvil = "{ANVIL}"\n'
    )
    entries = [("Anvil", ""), ("Hammer", 'deps = ["Anvil"]\n'), ("Rake", "")]
    (folder / "Manifest.toml").write_text(
        'julia_version = "1.12.2"\nmanifest_format = "2.0"\n'
        + "".join(
            f'\n[[deps.{name}]]\n{deps}git-tree-sha1 = "{number:040x}"\nuuid = "{UUIDS[name]}"\n'
            f'version = "1.0.0"\n'
            for number, (name, deps) in enumerate(entries, 1)
        )
    )
    return folder / "Project.toml"


@pytest.fixture
def depot(tmp_path: Path) -> Path:
    return tmp_path / "depot"


def write(
    depot: Path,
    name: str,
    *,
    flags: int = PLAIN,
    mass: int | None = None,
    library: bool = True,
    number: int = 0,
) -> Path:
    """Write the cache of one package; a higher *number* is a newer one."""
    build = (CACHE_CHECKSUM + 10 * number + BUILDS[name]) << 64 | 1
    required = [CORE, BASE]
    if name == "Hammer":
        required.append(Module("Anvil", ANVIL, (CACHE_CHECKSUM + 10 * number + 1) << 64 | 1))
    hashed = preference_hash({"mass": mass} if mass is not None else {}, ["mass"], (1, 12))
    assert isinstance(hashed, int)
    folder = depot / cache_directory(name, UUIDS[name], (1, 12))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{cache_entry(name, UUIDS[name])}_{number}.ji"
    native = flags & 1
    path.write_bytes(
        cache_bytes(
            name,
            UUIDS[name],
            julia="1.12.2",
            build_id=build,
            required=required,
            keys=["mass"] if name == "Anvil" else [],
            preferences_hash=hashed if name == "Anvil" else 0,
            flags=flags,
            clone_targets=b"generic" if native else b"",
        )
    )
    if native and library:
        path.with_suffix(".so").write_bytes(b"code")
    os.utime(path, (1000 + number, 1000 + number))
    return path


def write_all(
    depot: Path,
    *,
    flags: int = PLAIN,
    mass: int | None = None,
    number: int = 0,
    library: bool = True,
) -> None:
    for name in UUIDS:
        write(depot, name, flags=flags, mass=mass, number=number, library=library)


def answers(
    project: Path, depot: Path, options: tuple[str, ...] = (), local: str | None = None
) -> Invalidations:
    settings = Settings(
        depots=str(depot), session=options, variables={"JULIA_LOAD_PATH": "@", "PATH": ""}
    )
    texts = {} if local is None else {project.parent / "LocalPreferences.toml": local}
    found = Session(Snapshot(Disk(), texts), settings).invalidations(project)
    assert found is not None
    return found


def changed(
    project: Path, depot: Path, *options: str, local: str = HEAVY
) -> tuple[list[str], list[str]]:
    """Return what is recompiled by Pkg and on loading, when the preferences become *local*."""
    found = compared(project, depot, *options, local=local).recompilation
    assert found.stale is not None
    return [unit.name for unit in found.units], [unit.name for unit in found.stale]


def compared(project: Path, depot: Path, *options: str, local: str = HEAVY) -> Difference:
    return difference(
        answers(project, depot, options), answers(project, depot, options, local=local)
    )


BOTH = ["Anvil", "Hammer"]
NOTHING: list[str] = []


@pytest.mark.parametrize(
    ("flags", "recompiled"),
    [
        (PLAIN, NOTHING),
        (MORE, NOTHING),
        (TESTS, BOTH),
        (LESS, BOTH),
        (WITHOUT_NATIVE_CODE, BOTH),
    ],
)
def test_only_caches_that_serve_a_plain_julia_hold_the_new_value(
    project: Path, depot: Path, flags: int, recompiled: list[str]
) -> None:
    write_all(depot)
    write_all(depot, flags=flags, mass=60, number=1)
    assert changed(project, depot) == (recompiled, recompiled)


def test_another_session_is_asked_for_in_the_words_of_julia(project: Path, depot: Path) -> None:
    write_all(depot)
    write_all(depot, flags=TESTS, mass=60, number=1)
    assert changed(project, depot, "--check-bounds=yes") == (NOTHING, NOTHING)
    # None of the caches serves it, so that everything is recompiled whatever changed.
    assert changed(project, depot, "-O3")[0] == ["Anvil", "Hammer", "Rake"]


def test_caches_of_another_session_still_say_what_is_read(project: Path, depot: Path) -> None:
    write_all(depot, flags=TESTS)
    found = answers(project, depot).of_preference(Preference(ANVIL, "mass"))
    assert found.observers
    assert [unit.name for unit in found.recompilation.units] == BOTH
    silent = answers(project, depot).of_preference(Preference(ANVIL, "height"))
    assert not silent.observers


def test_a_cache_without_its_native_library_is_not_used(project: Path, depot: Path) -> None:
    write_all(depot)
    write(depot, "Anvil").with_suffix(".so").unlink()
    found = compared(project, depot, local="[Rake]\nteeth = 9\n")
    assert [unit.name for unit in found.recompilation.units] == BOTH
    assert [unit.name for unit in found.in_any_case] == BOTH


def test_a_depot_copied_without_native_libraries_counts_as_it_was(
    project: Path, depot: Path
) -> None:
    write_all(depot, library=False)
    assert changed(project, depot, local="[Rake]\nteeth = 9\n") == (NOTHING, NOTHING)


def test_what_lost_its_caches_is_recompiled_with_all_above_it(project: Path, depot: Path) -> None:
    write_all(depot)
    write(depot, "Anvil").unlink()
    assert changed(project, depot) == (BOTH, BOTH)
    found = compared(project, depot, local="[Rake]\nteeth = 9\n")
    assert [unit.name for unit in found.in_any_case] == BOTH


def test_what_never_had_a_cache_is_not_counted(project: Path, depot: Path) -> None:
    write(depot, "Anvil")
    write(depot, "Hammer")
    assert changed(project, depot) == (BOTH, BOTH)
    assert not compared(project, depot).in_any_case


def with_checksums(path: Path) -> None:
    """Add what Julia writes behind the header: no source text, and two checksums."""
    data = path.read_bytes() + b"\0" * 8
    path.write_bytes(data + google_crc32c.value(data).to_bytes(4, "little"))
    os.utime(path, (1000, 1000))


def test_a_damaged_cache_is_not_used(project: Path, depot: Path) -> None:
    write_all(depot)
    for name in UUIDS:
        with_checksums(write(depot, name))
    rake = "[Rake]\nteeth = 9\n"
    assert changed(project, depot, local=rake) == (NOTHING, NOTHING)
    path = write(depot, "Anvil")
    with_checksums(path)
    data = bytearray(path.read_bytes())
    data[-9] ^= 1
    path.write_bytes(data)
    assert changed(project, depot, local=rake) == (BOTH, BOTH)


def test_a_cache_that_broke_off_is_not_used(project: Path, depot: Path) -> None:
    write_all(depot)
    path = write(depot, "Anvil")
    with_checksums(path)
    path.write_bytes(path.read_bytes()[:-3])
    assert changed(project, depot, local="[Rake]\nteeth = 9\n") == (BOTH, BOTH)


def test_the_session_is_chosen_where_it_is_nearest() -> None:
    near, far = Settings(session=("-O1",)), Settings(session=("-O3",))
    assert near.over(far).session == ("-O1",)
    assert replace(near, session=()).over(far).session == ("-O3",)


# Findings that rest on caches

TOOLS = UUID("aea7be01-6a6a-4083-8856-8a6e6704d82a")


def found_in(project: Path, name: str, depot: Path, *further: Path) -> list[str]:
    path = project.parent / name
    variables = {"JULIA_LOAD_PATH": ":".join(["@", *map(str, further)]), "PATH": ""}
    settings = Settings(depots=str(depot), variables=variables)
    return [
        f"{one.code} {one.span.start}" for one in check(Session(Snapshot(Disk()), settings), path)
    ]


def test_what_only_a_farther_environment_causes_is_said_at_the_project(
    project: Path, depot: Path, tmp_path: Path
) -> None:
    project.write_text(project.read_text().split("[extras]")[0])
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "Project.toml").write_text(f'[deps]\nAnvil = "{ANVIL}"\n')
    (shared / "LocalPreferences.toml").write_text(HEAVY)
    write_all(depot)
    assert "pending-recompilation 0" in found_in(project, "Project.toml", depot, shared)
    (shared / "LocalPreferences.toml").unlink()
    assert "pending-recompilation 0" not in found_in(project, "Project.toml", depot, shared)


def test_a_finding_does_not_vanish_because_a_cache_agrees(project: Path, depot: Path) -> None:
    """While the switch is off, no flag is read: by the version, and by the cache."""
    files = {
        "Manifest.toml": project.with_name("Manifest.toml")
        .read_text()
        .replace(
            "[[deps.Rake]]",
            f'[[deps.PrecompileTools]]\ngit-tree-sha1 = "{9:040x}"\nuuid = "{TOOLS}"\n'
            'version = "1.3.4"\n\n[[deps.Rake]]\ndeps = ["PrecompileTools"]',
        ),
        "LocalPreferences.toml": "[PrecompileTools]\nprecompile_workloads = false\n\n"
        "[Rake]\nprecompile_workload = true\n",
        "Project.toml": project.read_text() + f'PrecompileTools = "{TOOLS}"\n',
    }
    for name, text in files.items():
        project.with_name(name).write_text(text)
    at = files["LocalPreferences.toml"].index("precompile_workload = true")
    expected = f"unnoticed-change {at}"
    assert expected in found_in(project, "LocalPreferences.toml", depot)
    write_all(depot)
    assert expected in found_in(project, "LocalPreferences.toml", depot)
