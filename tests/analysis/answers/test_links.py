"""The files and web pages to which texts lead."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.answers.hover import hover
from precompass.answers.links import document_links, repository_page, web_page
from precompass.files.snapshot import Disk, Snapshot
from precompass.findings import Link
from precompass.registry.memory import RegistryMemory
from precompass.session import Session
from precompass.settings.settings import Settings
from support.environments import Package, manifest, project, session, uuid, write
from support.registry_files import Package as Registered
from support.registry_files import write_registry


def links(folder: Path, name: str, text: str) -> dict[str, object]:
    """The linked texts of a file, and where they lead."""
    files = {"Project.toml": project(deps="CSV"), name: text}
    found = document_links(session(folder, files), folder / name)
    return {text[link.span.start : link.span.end]: link.target for link in found}


def test_paths_of_a_project_file_lead_to_projects(tmp_path: Path) -> None:
    write(tmp_path, {"Rain/Project.toml": "", "test/Project.toml": "", "ext/AExt.jl": ""})
    text = (
        '[extensions]\nAExt = "A"\nBExt = "B"\n'
        '[sources]\nRain = {path = "Rain"}\nSnow = {path = "Snow"}\n'
        'Wind = {url = "https://example.org/Wind.jl.git", rev = "main"}\n'
        '[workspace]\nprojects = ["test", "nowhere"]\n'
    )
    assert links(tmp_path, "Project.toml", text) == {
        "AExt": tmp_path / "ext" / "AExt.jl",
        '"Rain"': tmp_path / "Rain" / "Project.toml",
        '"https://example.org/Wind.jl.git"': "https://example.org/Wind.jl",
        '"test"': tmp_path / "test" / "Project.toml",
    }


def test_paths_and_repositories_of_a_manifest_lead_somewhere(tmp_path: Path) -> None:
    write(tmp_path, {"Rain/Project.toml": ""})
    text = manifest({"CSV": "", "Rain": Package(path="Rain")}).replace(
        f'uuid = "{uuid("CSV")}"',
        f'uuid = "{uuid("CSV")}"\nrepo-url = "git@github.com:JuliaData/CSV.jl.git"',
    )
    assert links(tmp_path, "Manifest.toml", text) == {
        '"Rain"': tmp_path / "Rain" / "Project.toml",
        '"git@github.com:JuliaData/CSV.jl.git"': "https://github.com/JuliaData/CSV.jl",
    }


def test_a_uuid_is_not_underlined_and_the_hover_leads_to_the_repository(tmp_path: Path) -> None:
    page = "https://github.com/JuliaData/CSV.jl"
    csv = Registered("CSV", str(uuid("CSV")), repository=f"{page}.git")
    write_registry(tmp_path / "depot", csv)
    settings = Settings(depots=str(tmp_path / "depot"), variables={"JULIA_LOAD_PATH": "@"})
    text = project(deps="CSV Rain")
    path = tmp_path / "Project.toml"
    opened = Session(Snapshot(Disk(), {path: text}), settings, registry_memory=RegistryMemory())
    assert document_links(opened, path) == ()
    found = hover(opened, path, text.index("CSV"))
    assert found is not None
    assert Link("Repository", page) in found.links
    assert repository_page(opened, uuid("Rain")) is None


@pytest.mark.parametrize(
    ("repository", "page"),
    [
        ("https://github.com/JuliaData/CSV.jl.git", "https://github.com/JuliaData/CSV.jl"),
        ("http://example.org/CSV.jl", "http://example.org/CSV.jl"),
        ("ssh://git@example.org/CSV.jl.git", "https://example.org/CSV.jl"),
        ("git@example.org:lab/CSV.jl.git", "https://example.org/lab/CSV.jl"),
        ("file:///home/me/CSV.jl", None),
        ("../CSV.jl", None),
        ("command:workbench.action.quit", None),
        ("javascript:alert(1)", None),
        ("https://me:secret@example.org/CSV.jl", None),
        ("https://[::1", None),
        ("https://example.org/a b", None),
        ("", None),
    ],
)
def test_only_web_pages_come_out(repository: str, page: str | None) -> None:
    assert web_page(repository) == page
