"""A project in a folder, and a depot with registries."""

from __future__ import annotations

from pathlib import Path

from precompass.files.snapshot import Disk, Snapshot
from precompass.findings import Finding
from precompass.registry.memory import RegistryMemory
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from support.environments import write
from support.registry_files import Package, write_registry


class RegistryWorld:
    """A project, and a depot whose registry has some packages.

    Args:
        folder: where both are made.
        packages: what is registered.
        files: of the project, by their path in its folder.
    """

    def __init__(self, folder: Path, packages: tuple[Package, ...], files: dict[str, str]) -> None:
        self.depot, self.folder = folder / "depot", folder / "App"
        self.project = self.folder / "Project.toml"
        write_registry(self.depot, *packages)
        write(self.folder, files)
        variables = {"PRECOMPASS_CACHE": str(folder / "cache"), "JULIA_LOAD_PATH": "@"}
        settings = Settings(depots=str(self.depot), variables=variables)
        memory = RegistryMemory(patience=0)
        self.session = Session(Snapshot(Disk()), settings, registry_memory=memory)

    def findings(self, code: str) -> list[Finding]:
        """Return the findings of one rule in the project file."""
        return [one for one in check(self.session, self.project) if one.code == code]
