"""What the demo reads for itself in the example's files, without Precompass."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

EXAMPLE = Path(__file__).parent / "CatchmentModels"
PREFERENCES = "LocalPreferences.toml"


def preferences_of(folder: Path) -> str:
    """Return the text of the preferences file in a folder."""
    return (folder / PREFERENCES).read_bytes().decode()


def lines_of_preferences(text: str) -> Iterator[tuple[str, int]]:
    """Return the name and the line of each preference, in a file as plain as the example's."""
    table = ""
    for number, line in enumerate(text.splitlines()):
        if line.startswith("["):
            table = line.strip("[]")
        elif "=" in line and not line.startswith("#"):
            yield f"{table}.{line.split()[0]}", number


def packages_in(manifest: Path) -> Mapping[str, Mapping[str, Any]]:
    """Return the entries of a manifest that are not standard libraries, by name."""
    entries = tomllib.loads(manifest.read_text(encoding="utf-8"))["deps"]
    return {name: entry for name, (entry,) in entries.items() if "git-tree-sha1" in entry}


def standing_on(name: str, folder: Path) -> int:
    """Return how many packages depend on one, itself and the project included."""
    project = tomllib.loads((folder / "Project.toml").read_text(encoding="utf-8"))
    entries = packages_in(folder / "Manifest.toml")
    depends_on = {package: set(entry.get("deps", ())) for package, entry in entries.items()}
    depends_on[project["name"]] = set(project["deps"])
    above = {name}
    while more := {package for package, deps in depends_on.items() if deps & above} - above:
        above |= more
    return len(above)
