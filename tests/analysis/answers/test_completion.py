"""What can be written at a cursor: the labels, and the line that becomes of one."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from precompass.answers.completion import Completions, complete, documentation
from precompass.documents.text import apply_edits
from precompass.files.snapshot import Disk, Snapshot
from precompass.registry.memory import RegistryMemory
from precompass.report.paragraphs import as_markdown
from precompass.session import Session
from precompass.settings.settings import Settings
from support.cursors import opened
from support.environments import Package, manifest, project, session, uuid, write
from support.registry_files import Package as Registered
from support.registry_files import write_registry

MANIFEST = manifest(
    {
        "CSV": Package("Parsers PrecompileTools Dates", version="0.10.9"),
        "Dates": "",
        "Old": Package("SnoopPrecompile", version="2.1.0"),
        "Parsers": Package("", version="2.5.8"),
        "PrecompileTools": Package("Preferences", version="1.2.1"),
        "Preferences": Package("TOML", version="1.4.3"),
        "Rain": Package("Preferences", path="Rain", version="0.0.3"),
        "SnoopPrecompile": Package("Preferences", version="1.0.3"),
        "TOML": "",
    },
    julia="1.11.2",
)
PROJECT = project("Survey", deps="CSV Rain SnoopPrecompile", weakdeps="Parsers", extras="Dates")
RAIN = '''\
module Rain
using Preferences
const depth = @load_preference("depth", 3)
const is_wet = @load_preference("is_wet", false)
const mode = @load_preference("mode", "soft")
const file = @load_preference("file", nothing)
mode in ("soft", "heavy") || error("mode must be soft or heavy")
is_monsoon() = mode == "monsoon"
# mode == "drizzle" was dropped
#= mode in ("hail", "#") =#
"""
    is_fog()  # mode == "fog"
"""
is_fog() = false
end
'''
SURVEY = {
    "src/Survey.jl": 'module Survey\nmodule Report\nend\ninclude("maps/maps.jl")\nend\n',
    "src/maps/maps.jl": "module Maps\nend\n",
}


def look(folder: Path, files: Mapping[str, str]) -> tuple[str, Completions]:
    """Return the text of the file with the cursor, without it, and what is offered there."""
    write(folder, {"Rain/Project.toml": project("Rain"), "Rain/src/Rain.jl": RAIN})
    looked, path, offset = opened(folder, {"Manifest.toml": MANIFEST, **files})
    source = looked.snapshot.read(path)
    assert source is not None
    return source.text, complete(looked, path, offset)


def labels(folder: Path, files: Mapping[str, str]) -> list[str]:
    return [item.label for item in look(folder, files)[1].items]


def line(folder: Path, files: Mapping[str, str], label: str) -> str:
    """Return the line that becomes of the cursor's line when an offer is taken."""
    text, found = look(folder, files)
    (edit,) = [item.edit for item in found.items if item.label == label]
    before = text[: edit.span.start].count("\n")
    return apply_edits(text, (edit,)).split("\n")[before]


def in_project(text: str) -> dict[str, str]:
    return {"Project.toml": PROJECT + text}


def in_preferences(text: str) -> dict[str, str]:
    return {"Project.toml": PROJECT, "LocalPreferences.toml": text}


# Sections and keys


def test_a_header_offers_the_sections_that_are_not_there(tmp_path: Path) -> None:
    found = labels(tmp_path, in_project("[¦"))
    assert found == [
        *("extensions", "compat", "targets", "sources", "workspace", "apps", "preferences")
    ]
    assert line(tmp_path, in_project("[co¦"), "compat") == "[compat]"
    assert line(tmp_path, in_project("[co¦]"), "compat") == "[compat]"


def test_the_top_level_offers_keys_then_sections(tmp_path: Path) -> None:
    files = {"Project.toml": 'name = "A"\n¦\n[deps]\n'}
    found = labels(tmp_path, files)
    assert found[:2] == ["uuid", "version"]
    assert "name" not in found
    assert "[compat]" in found
    assert "[deps]" not in found
    assert line(tmp_path, {"Project.toml": "ver¦"}, "version") == 'version = "0.1.0"'
    assert line(tmp_path, {"Project.toml": "ver¦ = 1"}, "version") == "version = 1"


# Packages


def test_a_half_typed_dependency_becomes_a_whole_entry(tmp_path: Path) -> None:
    text = PROJECT.replace("[deps]\n", "[deps]\nParse¦\n")
    files = {"Project.toml": text}
    assert labels(tmp_path, files)[0] == "Parsers"
    assert line(tmp_path, files, "Parsers") == f'Parsers = "{uuid("Parsers")}"'


@pytest.mark.parametrize("written", ["Parse¦", '"Parse¦"', "¦Parsers", 'Parse¦ = "', "Par¦sers = "])
def test_whatever_is_written_of_it_is_replaced(tmp_path: Path, written: str) -> None:
    files = {"Project.toml": f"[deps]\n{written}\n"}
    assert line(tmp_path, files, "Parsers") == f'Parsers = "{uuid("Parsers")}"'


@pytest.mark.parametrize(
    "text",
    [
        '[deps]\nCSV =¦ "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"\n',
        "[deps]\n¦[compat]\n",
        '[targets]\ntest = [¦ "CSV"]\n',
        "[deps¦ecated] x\n",
    ],
)
def test_nothing_is_offered_where_it_would_break_what_follows(tmp_path: Path, text: str) -> None:
    assert not labels(tmp_path, in_project(text))


@pytest.mark.parametrize(
    ("behind", "comma"), [('  "CSV",\n]\n', ","), ("]\n", ""), ("# none\n]\n", "")]
)
def test_an_item_before_another_one_gets_a_comma(tmp_path: Path, behind: str, comma: str) -> None:
    text = f"[SnoopPrecompile]\nskip_precompile = [\n  ¦\n{behind}"
    assert line(tmp_path, in_preferences(text), "Old") == f'  "Old"{comma}'


def test_no_header_is_offered_in_place_of_a_key(tmp_path: Path) -> None:
    offered = labels(tmp_path, in_project('¦name = "Survey"\n'))
    assert offered
    assert not [label for label in offered if label.startswith("[")]


def test_a_key_that_goes_on_gets_no_value(tmp_path: Path) -> None:
    becomes = line(tmp_path, in_preferences("[SnoopPrecompile]\nskip¦.a = 1\n"), "skip_precompile")
    assert becomes == "skip_precompile.a = 1"


def test_what_is_listed_there_is_not_offered_again(tmp_path: Path) -> None:
    found = labels(tmp_path, {"Project.toml": PROJECT.replace("[deps]\n", "[deps]\n¦\n")})
    assert "Rain" not in found
    assert "Survey" not in found
    assert found.index("Parsers") < found.index("Old") < found.index("Random")


def test_the_uuid_of_a_name_that_stands_there(tmp_path: Path) -> None:
    files = {"Project.toml": '[deps]\nParsers = "¦\n'}
    assert labels(tmp_path, files) == [str(uuid("Parsers"))]
    assert line(tmp_path, files, str(uuid("Parsers"))) == f'Parsers = "{uuid("Parsers")}"'


def test_registered_packages_are_offered_by_what_is_typed(tmp_path: Path) -> None:
    write_registry(
        tmp_path / "depot",
        Registered("Parsnip", str(uuid("Parsnip")), {"0.3.1": {}}),
        Registered("Parsley", str(uuid("Parsley")), deprecated="\n"),
    )
    settings = Settings(depots=str(tmp_path / "depot"), variables={"JULIA_LOAD_PATH": "@"})
    text = "[deps]\nPars"
    texts = {tmp_path / "Project.toml": text, tmp_path / "Manifest.toml": MANIFEST}
    looked = Session(Snapshot(Disk(), texts), settings, registry_memory=RegistryMemory())
    found = complete(looked, tmp_path / "Project.toml", len(text))
    assert [(item.label, item.detail) for item in found.items[:2]] == [
        ("Parsers", "2.5.8 · in the manifest"),
        ("Parsnip", "0.3.1 · General"),
    ]
    assert not found.is_complete
    assert "Parsley" not in [item.label for item in found.items]


def test_the_packages_that_most_others_depend_on_come_first(tmp_path: Path) -> None:
    """Alphabetically, `Plots` would be behind all that was made for it."""
    plots, themes, utils = (str(uuid(name)) for name in ("Plots", "PlotThemes", "PlotUtils"))
    users = {
        name: Registered(name, str(uuid(name)), {"1.0.0": {"Plots": plots}})
        for name in ("Rivers", "Lakes", "Maps")
    }
    write_registry(
        tmp_path / "depot",
        Registered("PlotThemes", themes, {"3.1.0": {"PlotUtils": utils}}),
        Registered("PlotUtils", utils, {"1.3.5": {}}),
        Registered("Plots", plots, {"1.38.0": {"PlotThemes": themes, "PlotUtils": utils}}),
        *users.values(),
    )
    settings = Settings(depots=str(tmp_path / "depot"), variables={"JULIA_LOAD_PATH": "@"})

    def names(typed: str) -> list[str]:
        text = f"[deps]\n{typed}"
        texts = {tmp_path / "Project.toml": text, tmp_path / "Manifest.toml": MANIFEST}
        looked = Session(Snapshot(Disk(), texts), settings, registry_memory=RegistryMemory())
        found = complete(looked, tmp_path / "Project.toml", len(text))
        return [item.label for item in found.items]

    assert names("Plo")[:3] == ["Plots", "PlotUtils", "PlotThemes"]
    assert names("plotthemes")[0] == "PlotThemes"


# [compat]


def test_compat_offers_what_has_no_entry_with_its_resolved_version(tmp_path: Path) -> None:
    files = in_project('[compat]\nRain = "0.0.3"\n¦')
    found = labels(tmp_path, files)
    assert found == ["CSV", "SnoopPrecompile", "Parsers", "Dates", "julia"]
    assert line(tmp_path, files, "CSV") == 'CSV = "0.10.9"'
    assert line(tmp_path, files, "Dates") == 'Dates = "1"'
    assert line(tmp_path, files, "julia") == 'julia = "1.11"'


def test_compat_bounds_of_the_resolved_version(tmp_path: Path) -> None:
    assert labels(tmp_path, in_project('[compat]\nCSV = "¦"')) == ["0.10.9", "0.10"]
    assert labels(tmp_path, in_project("[compat]\nRain = ¦")) == ["0.0.3"]
    assert labels(tmp_path, in_project('[compat]\njulia = "¦')) == ["1.11", "1", "1.10"]
    files = in_project('[compat]\nCSV = "0.8, 0.¦"\n')
    assert line(tmp_path, files, "0.10") == 'CSV = "0.8, 0.10"'


def test_compat_bounds_of_the_newest_version(tmp_path: Path) -> None:
    csv = Registered("CSV", str(uuid("CSV")), {"0.10.9": {}, "1.2.0": {}})
    write_registry(tmp_path / "depot", csv)
    settings = Settings(depots=str(tmp_path / "depot"), variables={"JULIA_LOAD_PATH": "@"})
    text = PROJECT + '[compat]\nCSV = "'
    texts = {tmp_path / "Project.toml": text, tmp_path / "Manifest.toml": MANIFEST}
    looked = Session(Snapshot(Disk(), texts), settings, registry_memory=RegistryMemory())
    found = complete(looked, tmp_path / "Project.toml", len(text)).items
    assert [item.label for item in found] == ["0.10.9", "0.10", "1.2.0", "1.2", "1", "0.10.9, 1"]


# Other sections


@pytest.mark.parametrize(
    ("text", "label", "becomes"),
    [
        ("[sources]\nRa¦", "Rain", 'Rain = {path = "Rain"}'),
        ("[sources]\nCSV = {¦", "url", 'CSV = {url = ""'),
        ('[targets]\ntest = ["CSV", "D¦"]', "Dates", 'test = ["CSV", "Dates"]'),
        ("[targets]\ntest = ¦", "Dates", 'test = ["Dates"]'),
        ("[targets]\nte¦", "test", "test = []"),
        ("[extensions]\n¦", "SurveyParsersExt", 'SurveyParsersExt = "Parsers"'),
        ("[extensions]\nAExt = ¦", "Parsers", 'AExt = "Parsers"'),
        ("[extensions]\nAExt = ['P¦", "Parsers", "AExt = ['Parsers'"),
        ("[workspace]\npro¦", "projects", "projects = []"),
        ("[workspace]\nprojects = ['¦']", "test", "projects = ['test']"),
        ('[workspace]\nprojects = ["¦"]', "test", 'projects = ["test"]'),
        ("[workspace]\nprojects = t¦", "test", 'projects = ["test"]'),
        ("[sources]\nRain = {path = ¦", "Rain", 'Rain = {path = "Rain"'),
        ("[apps]\n¦", "survey", "survey = {}"),
        ("[apps]\nsurvey = {sub¦", "submodule", 'survey = {submodule = ""'),
        ("[apps.survey]\njulia¦", "julia_flags", "julia_flags = []"),
        ("[apps.survey]\nsubmodule = ¦", "Report", 'submodule = "Report"'),
        ('[apps.survey]\nsubmodule = "M¦', "Maps", 'submodule = "Maps"'),
        ("[apps.survey]\njulia_flags = [¦", "--threads=auto", 'julia_flags = ["--threads=auto"'),
    ],
)
def test_the_other_sections(tmp_path: Path, text: str, label: str, becomes: str) -> None:
    write(tmp_path, {"test/Project.toml": "", **SURVEY})
    assert line(tmp_path, in_project(text), label) == becomes


def test_pkg_takes_either_a_path_or_a_url(tmp_path: Path) -> None:
    assert labels(tmp_path, in_project("[sources.CSV]\npath = '..'\n¦")) == []
    url = in_project("[sources.CSV]\nurl = 'https://example.org'\n¦")
    assert labels(tmp_path, url) == ["rev", "subdir"]


def test_options_that_an_app_has_are_not_offered_again(tmp_path: Path) -> None:
    text = '[apps.survey]\njulia_flags = ["--threads=4", "¦"]'
    found = labels(tmp_path, in_project(text))
    assert "--optimize=2" in found
    assert "--threads=auto" not in found


@pytest.mark.parametrize("name", ['a"b', "a'b", "a\\b", "a\x1b[31m", "a\r\nb", "a\x7f", "a'\""])
@pytest.mark.parametrize(
    "text", ["AExt = ¦", 'AExt = "a¦"', "AExt = 'a¦'", "AExt = '¦", "AExt = [¦]", "¦", 'AExt = "¦']
)
def test_a_name_that_needs_escapes_is_written_with_them(
    tmp_path: Path, name: str, text: str
) -> None:
    escaped = json.dumps(name).replace("\x7f", "\\u007f")
    listed = f"name = 'A'\n[weakdeps]\n{escaped} = '{uuid('Parsers')}'\n[extensions]\n"
    written, found = look(tmp_path, {"Project.toml": listed + text})
    assert found.items
    for item in found.items:
        after = tomllib.loads(apply_edits(written, (item.edit,)))
        ((_, value),) = after["extensions"].items()
        assert value in (name, [name])


# Preferences


@pytest.mark.parametrize(
    ("text", "label", "becomes"),
    [
        ("[¦]\n", "Rain", "[Rain]"),
        ("[R¦\n[CSV]\n", "Rain", "[Rain]"),
        ("Ra¦", "[Rain]", "[Rain]"),
    ],
)
def test_tables_of_a_preferences_file(tmp_path: Path, text: str, label: str, becomes: str) -> None:
    assert line(tmp_path, in_preferences(text), label) == becomes


def test_tables_that_are_read_come_first_and_ignored_ones_never(tmp_path: Path) -> None:
    found = labels(tmp_path, in_preferences("[Survey]\n[¦"))
    assert found == ["Rain", "SnoopPrecompile", "CSV", "Dates", "Parsers"]


def test_tables_of_a_project_file(tmp_path: Path) -> None:
    assert line(tmp_path, in_project("[preferences.¦"), "Rain") == "[preferences.Rain]"


@pytest.mark.parametrize("table", ["[Rain]\n¦", "[Rain]\nmode = \n¦", "Rain = {¦"])
def test_keys_that_the_source_reads(tmp_path: Path, table: str) -> None:
    text, found = look(tmp_path, in_preferences(table))
    assert [item.label for item in found.items] == ["depth", "file", "is_wet", "mode"]
    assert found.items[0].detail == "default: 3 · Rain.jl:3"
    assert [item.edit.new_text for item in found.items] == [
        "depth = 3",
        "file = ",
        "is_wet = false",
        'mode = "soft"',
    ]
    assert text.startswith(("[Rain]", "Rain"))


def test_a_package_with_a_workload_has_the_flag(tmp_path: Path) -> None:
    assert line(tmp_path, in_preferences("[CSV]\npre¦"), "precompile_workload") == (
        "precompile_workload = false"
    )


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("[Rain]\nis_wet = ¦", ["true", "false"]),
        ("[Rain]\nis_wet = t¦", ["true", "false"]),
        ("[CSV]\nprecompile_workload = ¦", ["false", "true"]),
        ('[Rain]\nmode = "¦"', ["soft", "heavy", "monsoon"]),
        ("[Rain]\nmode = s¦", ["soft", "heavy", "monsoon"]),
        ("[Rain]\ndepth = ¦", ["3"]),
        ("[SnoopPrecompile]\nskip_precompile = [¦]", ["Old"]),
        ('[SnoopPrecompile]\nskip_precompile = ["Old", "¦"]', []),
        ("[Unlisted]\nx = ¦", []),
        # nothing is known of this key, so it may be anything
        ("[Rain]\nfile = ¦", []),
        ("[Rain]\nunknown = ¦", []),
        # inside of a string, only what goes on from there
        ('[Rain]\nmode = "s¦"', ["soft"]),
        ('[Rain]\nmode = "S¦', ["soft"]),
        ('[Rain]\nmode = "x¦"', []),
        ('[Rain]\nis_wet = "¦"', []),
        ('[Rain]\nis_wet = "t¦"', []),
        ('[SnoopPrecompile]\nskip_precompile = ["C¦"]', []),
    ],
)
def test_values(tmp_path: Path, text: str, offered: list[str]) -> None:
    assert labels(tmp_path, in_preferences(text)) == offered


@pytest.mark.parametrize(
    ("table", "offered"),
    [
        ("[FFTW]\nprovider = ¦", ["fftw", "mkl"]),
        ("[CUDA_Runtime_jll]\nlocal = ¦", ["true", "false", "true", "false"]),
        ("[MPIPreferences]\nbinary = ¦", ["system", "MPIABI_jll", "MPICH_jll"]),
    ],
)
def test_values_that_are_published_are_offered_without_the_source(
    tmp_path: Path, table: str, offered: list[str]
) -> None:
    packages: dict[str, str | Package] = {
        "CUDA_Runtime_jll": Package("Preferences", version="0.15.5+0"),
        "FFTW": Package("Preferences", version="1.8.0"),
        "MPIPreferences": Package("Preferences", version="0.1.11"),
        "Preferences": Package("TOML", version="1.4.3"),
        "TOML": "",
    }
    files = {
        "Project.toml": project("Survey", deps="CUDA_Runtime_jll FFTW MPIPreferences"),
        "Manifest.toml": manifest(packages),
        "LocalPreferences.toml": table,
    }
    assert labels(tmp_path, files)[: len(offered)] == offered


def test_what_is_set_farther_in_the_stack_can_be_cleared(tmp_path: Path) -> None:
    shared = PROJECT + "\n[preferences.Rain]\ndepth = 5\nmode = 'soft'\n"
    files = {"Project.toml": shared, "LocalPreferences.toml": "[Rain]\nfile = 'a'\n¦"}
    item = next(one for one in look(tmp_path, files)[1].items if one.label == "__clear__")
    assert item.edit.new_text == "__clear__ = []"
    assert item.detail == "unsets what farther tables set: depth and mode"
    files["LocalPreferences.toml"] = "[Rain]\nfile = 'a'\n__clear__ = ['depth', ¦]"
    assert labels(tmp_path, files) == ["mode"]


def test_where_nothing_is_set_farther_there_is_nothing_to_clear(tmp_path: Path) -> None:
    assert "__clear__" not in labels(tmp_path, in_preferences("[Rain]\ndepth = 1\n¦"))


# Documentation


def test_documentation_is_told_when_it_is_asked_for(tmp_path: Path) -> None:
    write(tmp_path, {"Rain/Project.toml": project("Rain"), "Rain/src/Rain.jl": RAIN})
    files = {**in_preferences("[Rain]\n"), "Manifest.toml": MANIFEST}
    looked = session(tmp_path, files)
    path = tmp_path / "LocalPreferences.toml"
    subject = complete(looked, path, len("[Rain]\n")).items[0].subject
    assert subject is not None
    told = as_markdown(documentation(looked, path, subject))
    assert "Changing it recompiles **2 of 8 packages**" in told
    assert "Read while it compiles in `Rain.jl:3`, default `3`." in told


# Nothing to offer


@pytest.mark.parametrize("text", ["# na¦me", '"""¦', "[[¦", "[deps]\n[x.¦", "x = {y = {¦"])
def test_where_there_is_nothing_to_offer_nothing_is(tmp_path: Path, text: str) -> None:
    assert not [label for label in labels(tmp_path, {"Project.toml": text}) if "=" in label]


def test_a_manifest_is_not_written_by_hand(tmp_path: Path) -> None:
    looked, path, offset = opened(tmp_path, {"Project.toml": PROJECT, "Manifest.toml": "[¦"})
    assert complete(looked, path, offset).items == ()
