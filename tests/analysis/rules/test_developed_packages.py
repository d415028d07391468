"""Packages that an environment develops, and its manifest, which copies their project files."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.findings import Severity
from support.environments import Package, manifest, project, uuid, write
from support.rule_findings import expect, findings

CODE = "outdated-developed-package"
MEADOW = uuid("Meadow")


def app(meadow: Package, julia: str = "1.11.2") -> dict[str, str]:
    """Return an environment that develops Meadow beside it."""
    entries: dict[str, str | Package] = {"CSV": "", "Parsers": "", "Meadow": meadow}
    return {
        "app/Project.toml": project(deps="Meadow"),
        "app/Manifest.toml": manifest(entries, julia=julia),
        "Meadow/src/Meadow.jl": "module Meadow end\n",
    }


def marked_entry(files: dict[str, str], what: str) -> dict[str, str]:
    """Mark a text in the manifest."""
    text = files["app/Manifest.toml"]
    assert what in text
    return files | {"app/Manifest.toml": text.replace(what, f"⟦{what}⟧", 1)}


def test_a_dependency_that_came_after_the_manifest(tmp_path: Path) -> None:
    files = app(Package("Parsers", path="../Meadow", version="0.1.0"))
    files["Meadow/Project.toml"] = project("Meadow", deps="CSV Parsers")
    write(tmp_path, files)
    found = expect(
        tmp_path,
        CODE,
        marked_entry(files, '["Parsers"]'),
        Severity.ERROR,
        of="app/Manifest.toml",
    )
    assert "`using Meadow` fails as soon as Meadow loads CSV" in found[0].message
    assert [related.file for related in found[0].related] == [tmp_path / "Meadow/Project.toml"]


def test_the_same_at_the_line_of_the_dependency(tmp_path: Path) -> None:
    files = app(Package("Parsers", path="../Meadow", version="0.1.0"))
    files["Meadow/Project.toml"] = project("Meadow", deps="CSV Parsers").replace("CSV", "⟦CSV⟧")
    write(tmp_path, app(Package("Parsers", path="../Meadow", version="0.1.0")))
    found = expect(tmp_path, CODE, files, Severity.ERROR, of="Meadow/Project.toml")
    assert found[0].message.startswith("../app/Manifest.toml was resolved before this file had CSV")


def test_a_manifest_in_the_package_that_develops_the_package_itself(tmp_path: Path) -> None:
    files = {
        "Project.toml": project("Meadow", deps="CSV").replace("CSV", "⟦CSV⟧"),
        "docs/Project.toml": project(deps="Meadow"),
        "docs/Manifest.toml": manifest({"CSV": "", "Meadow": Package(path="..", version="0.1.0")}),
    }
    write(tmp_path, {name: text.replace("⟦", "").replace("⟧", "") for name, text in files.items()})
    found = expect(tmp_path, CODE, files, Severity.ERROR)
    assert found[0].message.startswith("docs/Manifest.toml was resolved before")


def test_nothing_beyond_the_repository_is_looked_at(tmp_path: Path) -> None:
    files = app(Package("Parsers", path="../Meadow", version="0.1.0"))
    files["Meadow/Project.toml"] = project("Meadow", deps="CSV Parsers")
    write(tmp_path, files | {"Meadow/.git/HEAD": "ref: refs/heads/main\n"})
    assert findings(tmp_path, CODE, files, of="Meadow/Project.toml") == []


def test_an_entry_that_is_as_the_project_says(tmp_path: Path) -> None:
    files = app(
        Package(
            "Parsers",
            "CSV",
            path="../Meadow",
            version="0.1.0",
            extensions={"MeadowCSVExt": "CSV"},
        )
    )
    text = project("Meadow", deps="Parsers", weakdeps="CSV")
    files["Meadow/Project.toml"] = f'{text}\n[extensions]\nMeadowCSVExt = ["CSV"]\n'
    write(tmp_path, files)
    assert findings(tmp_path, CODE, files, of="app/Manifest.toml") == []
    assert findings(tmp_path, CODE, files, of="Meadow/Project.toml") == []


def test_an_extension_that_the_manifest_does_not_know(tmp_path: Path) -> None:
    files = app(Package("Parsers", path="../Meadow", version="0.1.0"))
    text = project("Meadow", deps="Parsers", weakdeps="CSV")
    files["Meadow/Project.toml"] = f'{text}\n[extensions]\nMeadowCSVExt = "CSV"\n'
    write(tmp_path, files)
    found = expect(
        tmp_path, CODE, marked_entry(files, '"../Meadow"'), Severity.WARNING, of="app/Manifest.toml"
    )
    assert "does not load MeadowCSVExt" in found[0].message


def test_before_1_9_there_are_no_extensions_to_miss(tmp_path: Path) -> None:
    files = app(Package("CSV Parsers", path="../Meadow", version="0.1.0"), julia="1.8.5")
    text = project("Meadow", deps="CSV Parsers", weakdeps="CSV")
    files["Meadow/Project.toml"] = f'{text}\n[extensions]\nMeadowCSVExt = "CSV"\n'
    write(tmp_path, files)
    assert findings(tmp_path, CODE, files, of="app/Manifest.toml") == []


def test_an_extension_that_the_package_gave_up(tmp_path: Path) -> None:
    meadow = Package(
        "Parsers", "CSV", path="../Meadow", version="0.1.0", extensions={"MeadowCSVExt": "CSV"}
    )
    files = app(meadow)
    files["Meadow/Project.toml"] = project("Meadow", deps="Parsers")
    write(tmp_path, files)
    found = findings(tmp_path, CODE, files, of="app/Manifest.toml")
    assert [one.severity for one in found] == [Severity.WARNING]
    assert "still tries to load MeadowCSVExt" in found[0].message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (project("Meadow", deps="Parsers").replace("0.1.0", "0.2.0"), "version 0.2.0"),
        (project("Meadow"), "no longer depends on Parsers"),
    ],
)
def test_what_changes_nothing_for_loading_is_a_hint(tmp_path: Path, text: str, said: str) -> None:
    files = app(Package("Parsers", path="../Meadow", version="0.1.0"))
    files["Meadow/Project.toml"] = text
    write(tmp_path, files)
    found = findings(tmp_path, CODE, files, of="app/Manifest.toml")
    assert [one.severity for one in found] == [Severity.HINT]
    assert said in found[0].message
    assert findings(tmp_path, CODE, files, of="Meadow/Project.toml") == []


def test_a_package_that_was_renamed(tmp_path: Path) -> None:
    files = app(Package("Parsers", path="../Meadow", version="0.1.0"))
    text = project("Meadow", deps="Parsers").replace('"Meadow"', '"Prairie"')
    files["Meadow/Project.toml"] = text
    files["Meadow/src/Prairie.jl"] = "module Prairie end\n"
    del files["Meadow/src/Meadow.jl"]
    write(tmp_path, files)
    found = findings(tmp_path, CODE, files, of="app/Manifest.toml")
    assert [one.severity for one in found] == [Severity.ERROR]
    assert "src/Meadow.jl does not exist" in found[0].message


def test_another_package_in_the_folder(tmp_path: Path) -> None:
    files = app(Package("Parsers", path="../Meadow", version="0.1.0"))
    text = project("Meadow", deps="Parsers").replace(str(MEADOW), str(uuid("Prairie")))
    files["Meadow/Project.toml"] = text
    write(tmp_path, files)
    found = findings(tmp_path, CODE, files, of="app/Manifest.toml")
    assert [one.severity for one in found] == [Severity.WARNING]


def test_a_damaged_project_file_says_nothing(tmp_path: Path) -> None:
    files = app(Package("Parsers", path="../Meadow", version="0.1.0"))
    files["Meadow/Project.toml"] = project("Meadow", deps="CSV Parsers") + "oh no\n"
    write(tmp_path, files)
    assert findings(tmp_path, CODE, files, of="app/Manifest.toml") == []


def test_the_project_itself_in_its_own_manifest(tmp_path: Path) -> None:
    files = {
        "Project.toml": project("Meadow", deps="CSV"),
        "Manifest.toml": manifest({"CSV": "", "Meadow": Package(path=".", version="0.1.0")}),
    }
    assert findings(tmp_path, CODE, files, of="Manifest.toml") == []
    assert findings(tmp_path, CODE, files) == []


def test_several_outdated_entries_are_one_finding(tmp_path: Path) -> None:
    """A repository of many packages gets one line for each manifest, not one for each entry."""
    packages: dict[str, str | Package] = {
        name: Package(path=f"../{name}", version="0.1.0") for name in ("Beck", "Meadow", "Pond")
    }
    files = {
        "app/Project.toml": project(deps="Beck Meadow Pond"),
        "app/Manifest.toml": manifest({"CSV": "", **packages}, julia="1.11.2"),
        "Beck/Project.toml": project("Beck", version="0.2.0"),
        "Meadow/Project.toml": project("Meadow", deps="CSV"),
        "Pond/Project.toml": project("Pond", deps="CSV"),
    }
    for name in packages:
        files[f"{name}/src/{name}.jl"] = f"module {name} end\n"
    write(tmp_path, files)
    slight, severe = findings(tmp_path, CODE, files, of="app/Manifest.toml")
    assert (severe.severity, slight.severity) == (Severity.ERROR, Severity.HINT)
    assert severe.message.startswith(
        "The entries of Meadow and Pond are older than their project files: `using Meadow` fails"
    )
    said = [one.message for one in severe.related]
    assert "`using Pond` fails as soon as Pond loads CSV. (../Pond/Project.toml)" in said
    assert "Beck has version 0.2.0 now." in slight.message


@pytest.mark.parametrize(("folder", "is_said"), [("Meadow/docs", False), ("app", True)])
def test_a_new_version_is_no_news_in_the_package_itself(
    tmp_path: Path, folder: str, is_said: bool
) -> None:
    path = ".." if folder == "Meadow/docs" else "../Meadow"
    files = {
        f"{folder}/Project.toml": project(deps="Meadow"),
        f"{folder}/Manifest.toml": manifest({"Meadow": Package(path=path, version="0.1.0")}),
        "Meadow/Project.toml": project("Meadow", version="0.2.0"),
        "Meadow/src/Meadow.jl": "module Meadow end\n",
    }
    write(tmp_path, files)
    assert bool(findings(tmp_path, CODE, files, of=f"{folder}/Manifest.toml")) is is_said


def test_a_new_version_is_no_news_where_the_whole_manifest_is_stale(tmp_path: Path) -> None:
    """`stale-manifest` says of the same manifest that it is to be resolved."""
    text = manifest({"Meadow": Package(path="../Meadow", version="0.1.0")})
    files = {
        "app/Project.toml": project(deps="Meadow"),
        "app/Manifest.toml": f'project_hash = "{40 * "0"}"\n{text}',
        "Meadow/Project.toml": project("Meadow", version="0.2.0"),
        "Meadow/src/Meadow.jl": "module Meadow end\n",
    }
    write(tmp_path, files)
    assert findings(tmp_path, CODE, files, of="app/Manifest.toml") == []
    assert len(findings(tmp_path, "stale-manifest", files, of="app/Project.toml")) == 1
    files["Meadow/Project.toml"] = project("Meadow", deps="CSV", version="0.2.0")
    assert len(findings(tmp_path, CODE, files, of="app/Manifest.toml")) == 1


@pytest.mark.parametrize(
    ("manifest_at", "path", "package"),
    [
        ("Manifest.toml", "lib/packages/Meadow", "lib/packages/Meadow"),
        ("app/Manifest-v1.12.toml", "../Meadow", "Meadow"),
        ("app/JuliaManifest.toml", "../Meadow", "Meadow"),
    ],
)
def test_where_a_manifest_may_be_that_develops_a_package(
    tmp_path: Path, manifest_at: str, path: str, package: str
) -> None:
    text = manifest({"CSV": "", "Meadow": Package(path=path, version="0.1.0")}, julia="1.12.2")
    own = f"{package}/Project.toml"
    files = {
        f"{Path(manifest_at).parent}/Project.toml": project(deps="Meadow"),
        manifest_at: text,
        own: project("Meadow", deps="CSV"),
    }
    write(tmp_path, files)
    (found,) = findings(tmp_path, CODE, files, of=own)
    assert "`using Meadow` fails as soon as Meadow loads CSV" in found.message
    write(tmp_path, {"lib/packages/.git/HEAD": "", "Meadow/.git/HEAD": ""})
    assert findings(tmp_path, CODE, files, of=own) == []


def test_another_entry_file_is_said_at_its_line(tmp_path: Path) -> None:
    own = project("Meadow").rstrip() + '\nentryfile = "code/Meadow.jl"\n'
    files = {
        "app/Project.toml": project(deps="Meadow"),
        "app/Manifest.toml": manifest({"Meadow": Package(path="../Meadow", version="0.1.0")}),
        "Meadow/Project.toml": own,
        "Meadow/code/Meadow.jl": "module Meadow end\n",
    }
    write(tmp_path, files)
    (found,) = findings(tmp_path, CODE, files, of="Meadow/Project.toml")
    assert own[found.span.start : found.span.end] == "entryfile"
    assert "before this file had this entry file" in found.message
