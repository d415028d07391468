"""Kinds of change beyond the measured ones, and what Julia 1.12 recompiles after each of them.

What is expected follows from ``stale_cachefile`` and ``_require_search_from_serialized`` in
``base/loading.jl``: the first check that fails, in their order, is the reason.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from precompass.cli import main
from precompass.recompilation.pending import Pending
from support.changed_world import PLAIN_FLAGS, ChangedWorld

Change = Callable[[ChangedWorld], Pending]

PLAIN = ("Ground", "Lone", "Wall", "Roof", "Shed", "Yard")
PREFS = ("Preferences", "Paint", "Ground", "Wall", "House")
GARDEN = ("Garden", "Shed", "GardenShedExt")
WALL, SHED, TOOLS = "dev/Wall/src/Wall.jl", "dev/Shed/src/Shed.jl", "dev/Shed/src/tools.jl"
HOUSE, PART = "dev/House/src/House.jl", "depot/packages/Ground/fkqib/src/part.jl"
PROJECT, MANIFEST = "envs/plain/Project.toml", "envs/plain/Manifest.toml"
LOCAL, PREFS_PROJECT = "envs/prefs/LocalPreferences.toml", "envs/prefs/Project.toml"
RED = '[Paint]\ncolor = "red"\n'
OLD_TREE = f'git-tree-sha1 = "{"1" * 40}"'
NEW_TREE = f'git-tree-sha1 = "{"2" * 40}"'
DEVELOPED = 'path = "../../dev/GroundLocal"'
PAINT = 'Paint = "a0000000-0000-4000-8000-000000000007"\n'
GROUND = 'Ground = "a0000000-0000-4000-8000-000000000001"\n'
ROOF = 'Roof = "a0000000-0000-4000-8000-000000000003"\n'

CHANGES: list[object] = []


def recompiles(
    roots: dict[str, str] | None = None,
    consequences: tuple[str, ...] = (),
    *,
    not_compiled: dict[str, str] | None = None,
) -> Callable[[Change], Change]:
    """Say what Julia recompiles after a change, and why; *roots* by their reason in its words."""

    def add(change: Change) -> Change:
        expected = (roots or {}, sorted(consequences), not_compiled or {})
        CHANGES.append(pytest.param(change, expected, id=change.__name__))
        return change

    return add


def everything(reason: str, packages: tuple[str, ...] = PLAIN) -> dict[str, str]:
    return dict.fromkeys(packages, reason)


# Sources


@recompiles({"Wall": "fsize_changed", "Shed": "fsize_changed"}, ("Roof", "Yard"))
def two_sources_edited(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    world.replace(WALL, "height()", "extra() = 1\nheight()")
    world.replace(TOOLS, "1", "11")
    return world.next_using("plain")


@recompiles({"Wall": "content_changed"}, ("Roof",))
def source_edited_to_the_same_size(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    world.replace(WALL, "+ 1", "+ 2")
    return world.next_using("plain")


@recompiles({"Wall": "fsize_changed", "Roof": "fsize_changed"})
def package_and_its_dependent_edited(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    world.replace(WALL, "height()", "extra() = 1\nheight()")
    world.replace("dev/Roof/src/Roof.jl", "+ 1", "+ 11")
    return world.next_using("plain")


@recompiles({"Lone": "fsize_changed"})
def package_without_dependents_and_one_that_the_project_lacks_edited(
    world: ChangedWorld,
) -> Pending:
    world.compile("plain", *PLAIN)
    world.replace("dev/Lone/src/Lone.jl", "true", "false")
    world.replace("dev/Tool/src/Tool.jl", "use()", "use_it()")
    return world.next_using("plain")


@recompiles({"Ground": "fsize_changed"}, ("Wall", "Roof"))
def installed_source_edited(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    world.replace(PART, "1", "11")
    return world.next_using("plain")


@recompiles({"Ground": "fsize_changed"}, ("Wall",))
def only_what_is_loaded_counts(world: ChangedWorld) -> Pending:
    world.compile("newer", "Ground", "Wall", "Roof")
    world.replace("envs/newer/Project.toml", ROOF, "")
    world.replace("depot/packages/Ground/eWI0c/src/part.jl", "depth", "depths")
    return world.next_using("newer")


@recompiles({"Shed": "fsize_changed"}, ("Yard",))
def included_file_renamed_with_its_include(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    (world.world / TOOLS).rename(world.world / "dev/Shed/src/others.jl")
    world.replace(SHED, '"tools.jl"', '"others.jl"')
    return world.next_using("plain")


@recompiles(not_compiled={"Wall": "source_gone", "Roof": "source_gone"})
def entry_file_deleted(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    (world.world / WALL).unlink()
    return world.next_using("plain")


@recompiles(not_compiled={"Wall": "source_gone", "Roof": "source_gone"})
def developed_folder_deleted(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    shutil.rmtree(world.world / "dev" / "Wall")
    return world.next_using("plain")


@recompiles(not_compiled={"Wall": "source_gone", "Roof": "source_gone"})
def manifest_with_a_path_to_nowhere(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    world.replace(MANIFEST, "../../dev/Wall", "../../dev/Nowhere")
    return world.next_using("plain")


@recompiles(not_compiled=dict.fromkeys(("Ground", "Wall", "Roof"), "missing_files"))
def included_file_of_an_installed_package_deleted(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    (world.world / PART).unlink()
    return world.next_using("plain")


@recompiles(not_compiled={"Wall": "refuses", "Roof": "refuses"})
def package_that_refuses_now(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    world.replace(WALL, "module Wall", "__precompile__(false)\nmodule Wall")
    return world.next_using("plain")


# Files of include_dependency


@recompiles({"Shed": "content_changed"}, ("Yard",))
def folder_of_include_dependency_emptied(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    for path in (world.world / "dev" / "Shed" / "data" / "box").iterdir():
        path.unlink()
    return world.next_using("plain")


@recompiles({"Shed": "mtime_changed"}, ("Yard",))
def untracked_file_touched(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    (world.world / "dev/Shed/data/stamp.txt").touch()
    return world.next_using("plain")


@recompiles({"Shed": "source_missing"}, ("Yard",))
def untracked_file_deleted(world: ChangedWorld) -> Pending:
    """With ``track_content = false`` no file has to be there to compile."""
    world.compile("plain", *PLAIN)
    (world.world / "dev/Shed/data/stamp.txt").unlink()
    return world.next_using("plain")


@recompiles(not_compiled={"Shed": "missing_files", "Yard": "missing_files"})
def tracked_file_deleted(world: ChangedWorld) -> Pending:
    """Its content is read while the package is compiled, which fails."""
    world.compile("plain", *PLAIN)
    (world.world / "dev/Shed/data/list.txt").unlink()
    return world.next_using("plain")


@recompiles(not_compiled={"Shed": "missing_files", "Yard": "missing_files"})
def tracked_folder_deleted(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    shutil.rmtree(world.world / "dev/Shed/data/box")
    return world.next_using("plain")


# Preferences


@recompiles({"Paint": "preferences_changed"}, ("House",))
def preference_set(world: ChangedWorld) -> Pending:
    world.compile("prefs", *PREFS)
    world.write(LOCAL, RED)
    return world.next_using("prefs")


@recompiles({"Paint": "preferences_changed"}, ("House",))
def preference_set_to_its_default(world: ChangedWorld) -> Pending:
    world.compile("prefs", *PREFS)
    world.write(LOCAL, '[Paint]\ncolor = "white"\n')
    return world.next_using("prefs")


@recompiles({"Paint": "preferences_changed"}, ("House",))
def preference_unset(world: ChangedWorld) -> Pending:
    world.write(LOCAL, RED)
    world.compile("prefs", *PREFS, color="red")
    (world.world / LOCAL).unlink()
    return world.next_using("prefs")


@recompiles({"House": "dep_build_missing"})
def preference_changed_back(world: ChangedWorld) -> Pending:
    """Paint's first cache is still there; House's was overwritten under the same name."""
    world.compile("prefs", *PREFS)
    world.write(LOCAL, RED)
    world.compile("prefs", "Paint", "House", color="red")
    (world.world / LOCAL).unlink()
    return world.next_using("prefs")


@recompiles()
def preference_set_where_a_nearer_one_overrides_it(world: ChangedWorld) -> Pending:
    world.write(LOCAL, RED)
    world.compile("prefs", *PREFS, color="red")
    world.append(PREFS_PROJECT, '\n[preferences.Paint]\ncolor = "blue"\n')
    return world.next_using("prefs")


@recompiles()
def preference_moved_to_the_project_file(world: ChangedWorld) -> Pending:
    world.write(LOCAL, RED)
    world.compile("prefs", *PREFS, color="red")
    (world.world / LOCAL).unlink()
    world.append(PREFS_PROJECT, '\n[preferences.Paint]\ncolor = "red"\n')
    return world.next_using("prefs")


@recompiles({"Paint": "preferences_changed"}, ("House",))
def preference_cleared(world: ChangedWorld) -> Pending:
    world.append(PREFS_PROJECT, '\n[preferences.Paint]\ncolor = "blue"\n')
    world.compile("prefs", *PREFS, color="blue")
    world.write(LOCAL, '[Paint]\n__clear__ = ["color"]\n')
    return world.next_using("prefs")


@recompiles({"Paint": "preferences_changed"}, ("House",))
def preferences_hidden_by_the_other_file_name(world: ChangedWorld) -> Pending:
    world.write(LOCAL, RED)
    world.compile("prefs", *PREFS, color="red")
    world.write("envs/prefs/JuliaLocalPreferences.toml", "")
    return world.next_using("prefs")


@recompiles(not_compiled={"Paint": "wrong_preferences", "House": "wrong_preferences"})
def preferences_that_are_no_table(world: ChangedWorld) -> Pending:
    """Julia throws when it looks for them, whatever its caches hold."""
    world.compile("prefs", *PREFS)
    world.write(LOCAL, 'Paint = "red"\n')
    return world.next_using("prefs")


@recompiles()
def preferences_of_another_package_that_are_no_table(world: ChangedWorld) -> Pending:
    world.compile("prefs", *PREFS)
    world.write(LOCAL, 'Brush = "red"\n')
    return world.next_using("prefs")


@recompiles({"Paint": "preferences_changed"}, ("House",))
def preference_of_a_weak_dependency_set(world: ChangedWorld) -> Pending:
    world.compile("prefs", *PREFS)
    world.replace(PREFS_PROJECT, PAINT, "")
    world.append(PREFS_PROJECT, f"\n[weakdeps]\n{PAINT}")
    world.write(LOCAL, RED)
    return world.next_using("prefs")


@recompiles({"Wall": "fsize_changed"}, ("Roof",))
def line_endings_changed(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    path = world.world / WALL
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    return world.next_using("plain")


@recompiles({"Wall": "dep_loaded_incompatible", "Roof": "dep_loaded_incompatible"})
def dependency_compiled_anew_before_a_second_depot(world: ChangedWorld) -> Pending:
    """Ground's newest cache is loaded first, and the others want the one of the second depot."""
    world.compile("plain", *PLAIN)
    world.move_caches_to_second_depot()
    world.compile("plain", "Ground")
    return world.next_using("plain")


@recompiles()
def preference_of_a_package_that_the_project_does_not_list(world: ChangedWorld) -> Pending:
    world.compile("prefs", *PREFS)
    world.replace(PREFS_PROJECT, PAINT, "")
    world.write(LOCAL, RED)
    return world.next_using("prefs")


@recompiles({"Paint": "preferences_changed"}, ("House",))
def package_with_a_preference_no_longer_listed(world: ChangedWorld) -> Pending:
    world.write(LOCAL, RED)
    world.compile("prefs", *PREFS, color="red")
    world.replace(PREFS_PROJECT, PAINT, "")
    return world.next_using("prefs")


@recompiles({"Paint": "preferences_changed"}, ("House",))
def preference_set_in_the_environment_of_all_projects(world: ChangedWorld) -> Pending:
    world.compile("prefs", *PREFS)
    world.append("depot/environments/v1.12/Project.toml", f"\n[extras]\n{PAINT}")
    world.write("depot/environments/v1.12/LocalPreferences.toml", RED)
    return world.next_using("prefs")


@recompiles()
def value_with_which_another_project_compiled(world: ChangedWorld) -> Pending:
    world.compile("prefs", *PREFS)
    world.write("envs/prefs2/LocalPreferences.toml", RED)
    world.compile("prefs2", "Paint", "House", color="red")
    world.write(LOCAL, RED)
    return world.next_using("prefs")


@recompiles({"Paint": "preferences_changed", "House": "fsize_changed"})
def preference_set_and_dependent_edited(world: ChangedWorld) -> Pending:
    world.compile("prefs", *PREFS)
    world.write(LOCAL, RED)
    world.replace(HOUSE, "look()", "extra() = 1\nlook()")
    return world.next_using("prefs")


@recompiles({"Paint": "fsize_changed"}, ("House",))
def preference_set_and_its_reader_edited(world: ChangedWorld) -> Pending:
    """Sources are checked before preferences."""
    world.compile("prefs", *PREFS)
    world.write(LOCAL, RED)
    world.replace("dev/Paint/src/Paint.jl", "color()", "extra() = 1\ncolor()")
    return world.next_using("prefs")


@recompiles({"Paint": "checksum_invalid"}, ("House",))
def preference_set_and_cache_damaged(world: ChangedWorld) -> Pending:
    world.compile("prefs", *PREFS)
    world.write(LOCAL, RED)
    world.flip("Paint", -40)
    return world.next_using("prefs")


@recompiles({"Paint": "preferences_changed", "Ground": "source_path_changed"}, ("House", "Wall"))
def preference_set_and_another_version_installed(world: ChangedWorld) -> Pending:
    world.compile("prefs", *PREFS)
    world.write(LOCAL, RED)
    world.replace("envs/prefs/Manifest.toml", OLD_TREE, NEW_TREE)
    return world.next_using("prefs")


# Extensions


@recompiles({"Shed": "fsize_changed"}, ("GardenShedExt",))
def trigger_edited(world: ChangedWorld) -> Pending:
    world.compile("gardenshed", *GARDEN)
    world.replace(TOOLS, "1", "11")
    return world.next_using("gardenshed")


@recompiles({"GardenShedExt": "no_cache"})
def cache_of_an_extension_deleted(world: ChangedWorld) -> Pending:
    world.compile("gardenshed", *GARDEN)
    world.cache("GardenShedExt").unlink()
    return world.next_using("gardenshed")


@recompiles({"Shed": "no_cache"}, ("GardenShedExt",))
def cache_of_a_trigger_deleted(world: ChangedWorld) -> Pending:
    world.compile("gardenshed", *GARDEN)
    world.cache("Shed").unlink()
    return world.next_using("gardenshed")


@recompiles({"Garden": "fsize_changed", "GardenShedExt": "fsize_changed"})
def extension_and_its_parent_edited(world: ChangedWorld) -> Pending:
    world.compile("gardenshed", *GARDEN)
    world.replace("dev/Garden/src/Garden.jl", "plants()", "extra() = 1\nplants()")
    world.replace("dev/Garden/ext/GardenShedExt.jl", "both()", "extra() = 1\nboth()")
    return world.next_using("gardenshed")


@recompiles({"Garden": "source_path_changed", "GardenShedExt": "source_path_changed"})
def parent_of_an_extension_developed_elsewhere(world: ChangedWorld) -> Pending:
    world.compile("gardenshed", *GARDEN)
    shutil.copytree(world.world / "dev/Garden", world.world / "dev/OtherGarden")
    world.replace("envs/gardenshed/Manifest.toml", "dev/Garden", "dev/OtherGarden")
    return world.next_using("gardenshed")


@recompiles(not_compiled={"GardenShedExt": "source_gone"})
def file_of_an_extension_deleted(world: ChangedWorld) -> Pending:
    """Julia says that the extension cannot be loaded, and goes on without it."""
    world.compile("gardenshed", *GARDEN)
    (world.world / "dev/Garden/ext/GardenShedExt.jl").unlink()
    return world.next_using("gardenshed")


@recompiles(everything("no_cache", GARDEN))
def nothing_of_a_project_with_an_extension_compiled_yet(world: ChangedWorld) -> Pending:
    return world.next_using("gardenshed")


# The manifest


@recompiles({"Ground": "source_path_changed", "Wall": "content_changed"}, ("Roof",))
def another_version_and_a_dependent_edited(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    world.replace(MANIFEST, OLD_TREE, NEW_TREE)
    world.replace(WALL, "+ 1", "+ 2")
    return world.next_using("plain")


@recompiles({"Ground": "source_path_changed"}, ("Wall", "Roof"))
def installed_package_developed(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    world.replace(MANIFEST, OLD_TREE, DEVELOPED)
    return world.next_using("plain")


@recompiles({"Ground": "fsize_changed"}, ("Wall", "Roof"))
def developed_package_edited(world: ChangedWorld) -> Pending:
    world.replace(MANIFEST, OLD_TREE, DEVELOPED)
    world.compile("plain", *PLAIN)
    world.replace("dev/GroundLocal/src/part.jl", "1", "11")
    return world.next_using("plain")


@recompiles({"Ground": "source_path_changed"}, ("Wall", "Roof"))
def developed_package_freed(world: ChangedWorld) -> Pending:
    world.replace(MANIFEST, OLD_TREE, DEVELOPED)
    world.compile("plain", *PLAIN)
    world.replace(MANIFEST, DEVELOPED, OLD_TREE)
    return world.next_using("plain")


@recompiles()
def manifest_named_after_the_version_of_julia(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    manifest = world.world / MANIFEST
    manifest.rename(manifest.with_name("Manifest-v1.12.toml"))
    return world.next_using("plain")


@recompiles({"Ground": "source_path_changed"}, ("Wall", "Roof"))
def other_manifest_named_after_the_version_of_julia(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    text = (world.world / MANIFEST).read_text()
    world.write("envs/plain/Manifest-v1.12.toml", text.replace(OLD_TREE, NEW_TREE))
    return world.next_using("plain")


@recompiles({"Ground": "source_path_changed"}, ("Wall", "Roof"))
def another_version_that_is_not_installed(world: ChangedWorld) -> Pending:
    """Once it is installed, its caches are of another version, as their paths tell."""
    world.compile("plain", *PLAIN)
    world.replace(MANIFEST, OLD_TREE, f'git-tree-sha1 = "{"3" * 40}"')
    return world.next_using("plain")


@recompiles({"Ground": "source_path_changed"}, ("Wall", "Roof"))
def another_version_in_a_copy_of_a_depot_without_packages(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    shutil.rmtree(world.depot / "packages")
    world.replace(MANIFEST, OLD_TREE, NEW_TREE)
    return world.next_using("plain")


@recompiles({"Lone": "no_cache"})
def dependency_added(world: ChangedWorld) -> Pending:
    world.compile("plain", "Ground", "Wall", "Roof", "Shed", "Yard")
    return world.next_using("plain")


@recompiles({"Wall": "dep_missing", "Roof": "dep_missing"})
def dependency_dropped_that_no_environment_has(world: ChangedWorld) -> Pending:
    """Every cache that was built with it names it, directly or not."""
    shutil.rmtree(world.depot / "environments")
    world.compile("newer", "Ground", "Wall", "Roof")
    world.write(WALL, "module Wall\nheight() = 2\nend\n")
    world.replace("dev/Wall/Project.toml", f"[deps]\n{GROUND}", "")
    world.replace("envs/newer/Project.toml", GROUND, "")
    world.replace("envs/newer/Manifest.toml", 'deps = ["Ground"]\n', "")
    text = (world.world / "envs/newer/Manifest.toml").read_text()
    start, end = text.index("[[deps.Ground]]"), text.index("[[deps.Roof]]")
    world.write("envs/newer/Manifest.toml", text[:start] + text[end:])
    return world.next_using("newer")


# Options of the session


@recompiles(everything("flags_mismatch"))
def session_with_g2(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    return world.next_using("plain", "-g2")


@recompiles()
def session_with_o0(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    return world.next_using("plain", "-O0")


@recompiles(everything("flags_mismatch"))
def session_without_bounds_checks(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    return world.next_using("plain", "--check-bounds=no")


@recompiles(everything("flags_mismatch"))
def caches_made_with_o1(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN, flags=0x63)
    return world.next_using("plain")


@recompiles()
def caches_made_with_o3(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN, flags=0xE3)
    return world.next_using("plain")


@recompiles()
def caches_made_with_g2(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN, flags=0xA5)
    return world.next_using("plain")


@recompiles()
def caches_of_the_tests_beside_the_plain_ones(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    world.compile("plain", *PLAIN, flags=0xAB)
    return world.next_using("plain")


@recompiles({"Wall": "fsize_changed"}, ("Roof",))
def source_edited_and_compiled_for_the_tests_only(world: ChangedWorld) -> Pending:
    """The tests' caches serve no plain session, and are not why the plain ones do not fit."""
    world.compile("plain", *PLAIN)
    world.replace(WALL, "height()", "extra() = 1\nheight()")
    world.compile("plain", *PLAIN, flags=0xAB)
    return world.next_using("plain")


@recompiles(everything("flags_mismatch"))
def caches_made_without_native_code(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN, flags=0xA2)
    return world.next_using("plain")


@recompiles()
def session_and_caches_without_native_code(world: ChangedWorld) -> Pending:
    """Without native code on both sides no other option counts."""
    world.compile("plain", *PLAIN, flags=0xA2)
    return world.next_using("plain", "--pkgimages=no", "-O3")


@recompiles(everything("flags_mismatch", PREFS))
def preference_set_and_another_session(world: ChangedWorld) -> Pending:
    world.compile("prefs", *PREFS)
    world.write(LOCAL, RED)
    return world.next_using("prefs", "-O3")


# Cache files


@recompiles({"Ground": "incompatible_header"}, ("Wall", "Roof"))
def cache_emptied(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    world.cut("Ground", 0)
    return world.next_using("plain")


@recompiles({"Ground": "incompatible_header"}, ("Wall", "Roof"))
def cache_cut_within_the_part_that_names_the_build(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    world.cut("Ground", 40)
    return world.next_using("plain")


@recompiles(not_compiled=dict.fromkeys(("Ground", "Wall", "Roof"), "unreadable_cache"))
def cache_cut_within_its_lists(world: ChangedWorld) -> Pending:
    """``parse_cache_header`` reads on behind what was verified, and ends in an EOFError."""
    world.compile("plain", *PLAIN)
    world.cut("Ground", 150)
    return world.next_using("plain")


@recompiles()
def older_cache_cut_behind_one_that_fits(world: ChangedWorld) -> Pending:
    """Julia does not come to it."""
    world.compile("plain", "Lone")
    world.compile("twin", *PLAIN)
    path = world.cache("Lone", 0)
    path.write_bytes(path.read_bytes()[:150])
    os.utime(path, (1, 1))
    return world.next_using("twin")


@recompiles({"Ground": "checksum_invalid"}, ("Wall", "Roof"))
def byte_of_a_cache_flipped(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    world.flip("Ground", -60)
    return world.next_using("plain")


@recompiles({"Ground": "ocachefile_missing"}, ("Wall", "Roof"))
def native_code_deleted(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    world.cache("Ground").with_suffix(".so").unlink()
    return world.next_using("plain")


@recompiles({"Ground": "ocache_checksum_invalid"}, ("Wall", "Roof"))
def native_code_emptied(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    world.cache("Ground").with_suffix(".so").write_bytes(b"")
    return world.next_using("plain")


@recompiles({"Wall": "ocachefile_missing"}, ("Roof",))
def native_code_deleted_and_source_edited(world: ChangedWorld) -> Pending:
    """Native code is checked before sources."""
    world.compile("plain", *PLAIN)
    world.cache("Wall").with_suffix(".so").unlink()
    world.replace(WALL, "+ 1", "+ 2")
    return world.next_using("plain")


@recompiles(everything("no_cache"))
def folder_of_compiled_code_deleted(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    shutil.rmtree(world.depot / "compiled")
    return world.next_using("plain")


@recompiles({"Ground": "incompatible_header"}, ("Wall", "Roof"))
def cache_of_another_patch_version(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    path = world.cache("Ground")
    path.write_bytes(path.read_bytes().replace(b"1.12.2\0", b"1.12.1\0", 1))
    return world.next_using("plain")


@recompiles({"Roof": "dep_build_missing"})
def dependency_that_only_another_project_has_compiled(world: ChangedWorld) -> Pending:
    """Wall has a cache that fits; Roof was built on another one, which is gone."""
    world.compile("plain", *PLAIN)
    world.compile("twin", "Ground", "Wall", "Lone", "Shed", "Yard")
    world.cache("Wall", 0).unlink()
    return world.next_using("plain")


@recompiles()
def another_project_with_the_same_packages(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    world.compile("twin", *PLAIN)
    return world.next_using("plain")


# Depots, links, workspaces


@recompiles()
def source_reverted_with_the_old_caches_in_a_second_depot(world: ChangedWorld) -> Pending:
    """The newer caches in the first depot do not fit; those behind them do."""
    world.compile("plain", *PLAIN)
    world.move_caches_to_second_depot()
    world.replace(WALL, "+ 1", "+ 2")
    world.compile("plain", "Wall", "Roof")
    world.replace(WALL, "+ 2", "+ 1")
    return world.next_using("plain")


@recompiles({"Paint": "preferences_changed"}, ("House",))
def preference_set_with_the_caches_in_a_second_depot(world: ChangedWorld) -> Pending:
    world.compile("prefs", *PREFS)
    world.move_caches_to_second_depot()
    world.write(LOCAL, RED)
    return world.next_using("prefs")


@recompiles({"Ground": "no_cache"}, ("Wall", "Roof"))
def cache_deleted_from_a_second_depot(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    world.move_caches_to_second_depot()
    world.cache("Ground").unlink()
    return world.next_using("plain")


@recompiles()
def depot_reached_through_a_link(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    link = world.world / "linked"
    link.symlink_to(world.depot)
    world.depot = link
    return world.next_using("plain")


@recompiles()
def project_reached_through_a_link(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    (world.world / "envs/linked").symlink_to(world.world / "envs/plain")
    return world.next_using("linked")


@recompiles({"Wall": "source_path_changed"}, ("Roof",))
def copy_of_a_developed_package(world: ChangedWorld) -> Pending:
    world.compile("plain", *PLAIN)
    shutil.copytree(world.world / "dev/Wall", world.world / "dev/WallCopy")
    world.replace(MANIFEST, "dev/Wall", "dev/WallCopy")
    return world.next_using("plain")


@recompiles({"Paint": "preferences_changed"})
def preference_of_a_workspace_member(world: ChangedWorld) -> Pending:
    world.compile("ws", *PREFS)
    world.write("envs/ws/member/LocalPreferences.toml", RED)
    return world.next_using("ws/member")


@recompiles()
def caches_of_a_member_used_by_its_base(world: ChangedWorld) -> Pending:
    world.compile("ws/member", "Preferences", "Paint", "Ground", "Wall")
    world.compile("ws", "House")
    return world.next_using("ws")


@recompiles({"Wall": "fsize_changed"})
def source_edited_and_a_member_opened(world: ChangedWorld) -> Pending:
    """The member does not load House, which stands above Wall as well."""
    world.compile("ws", *PREFS)
    world.replace(WALL, "height()", "extra() = 1\nheight()")
    return world.next_using("ws/member")


# What is loaded before


@recompiles({"Tool": "dep_build_missing"})
def tool_of_the_startup_file_with_the_project_active(world: ChangedWorld) -> Pending:
    world.compile("app", "Ground", "Wall", "Roof")
    world.compile("global", "Ground", "Tool")
    return world.next_using("app", preload="Tool")


@recompiles({"Wall": "dep_loaded_incompatible", "Roof": "dep_loaded_incompatible"})
def project_activated_after_a_tool_was_loaded(world: ChangedWorld) -> Pending:
    world.compile("app", "Ground", "Wall", "Roof")
    world.compile("global", "Ground", "Tool")
    return world.next_using("global>app", preload="Tool")


@pytest.mark.parametrize(("change", "expected"), CHANGES)
def test_what_is_recompiled_and_why(
    change: Change,
    expected: tuple[dict[str, str], list[str], dict[str, str]],
    tmp_path: Path,
) -> None:
    pending = change(ChangedWorld(tmp_path))
    roots = {one.unit.name: one.reason.KIND for one in pending.roots}
    consequences = sorted(one.unit.name for one in pending.units if not one.is_root)
    hindrances = {one.unit.name: one.hindrance for one in pending.not_compiled}
    assert (roots, consequences, hindrances) == expected


def test_pkg_precompile_looks_at_the_same_caches(tmp_path: Path) -> None:
    world = ChangedWorld(tmp_path)
    world.compile("plain", *PLAIN)
    world.replace(WALL, "+ 1", "+ 2")
    world.cut("Shed", 150)
    pending = world.next_precompile("plain")
    assert {one.unit.name: one.reason.KIND for one in pending.roots} == {"Wall": "content_changed"}
    assert {one.unit.name for one in pending.not_compiled} == {"Shed", "Yard"}


def _tested(world: ChangedWorld) -> list[str]:
    """Make House the project, which has tests, and return how to ask about them."""
    text = (world.folder("prefs") / "Manifest.toml").read_text()
    start, end = text.index("[[deps.House]]"), text.index("[[deps.Paint]]")
    world.write("dev/House/Manifest.toml", text[:start] + text[end:])
    world.write("dev/House/test/runtests.jl", "using House\n")
    return ["why", "--for", "test", "--project", str(world.world / "dev/House")]


@pytest.mark.parametrize(
    ("flags", "recompiled"), [(0xAB, []), (PLAIN_FLAGS, sorted(PREFS))], ids=["tests", "plain"]
)
def test_pkg_test_uses_caches_made_with_bounds_checks(
    flags: int,
    recompiled: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """``Pkg.test`` starts Julia with ``--check-bounds=yes``."""
    world = ChangedWorld(tmp_path)
    world.compile("prefs", *PREFS, flags=flags)
    arguments = _tested(world)
    monkeypatch.setenv("JULIA_DEPOT_PATH", str(world.depot))
    code = main([*arguments, "--format", "json"])
    answer = json.loads(capsys.readouterr().out)
    assert (answer["for"], answer["options"]) == ("test", ["--check-bounds=yes"])
    assert [one["unit"] for one in answer["pending"]] == recompiled
    assert code == bool(recompiled)
    main(arguments)
    assert capsys.readouterr().out.startswith("`Pkg.test()` recompiles")


def test_a_project_without_tests_has_none_to_ask_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world = ChangedWorld(tmp_path)
    monkeypatch.setenv("JULIA_DEPOT_PATH", str(world.depot))
    assert main(["why", "--for", "test", "--project", str(world.folder("plain"))]) == 2
    assert "there are no tests in" in capsys.readouterr().err
