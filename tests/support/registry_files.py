"""Registries that tests write into a depot, packed as Pkg keeps them."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

Dependencies: TypeAlias = Mapping[str, str]
"""UUIDs by name."""

GENERAL = "23338594-aafe-5451-b93e-139f81909106"
NOON = 1_681_214_400
"""2023-04-11, 12:00 UTC."""


@dataclass(frozen=True)
class Package:
    """A registered package: its versions with what each depends on."""

    name: str
    uuid: str
    versions: Mapping[str, Dependencies] = field(default_factory=lambda: {"1.0.0": {}})
    yanked: Sequence[str] = ()
    compat: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    deprecated: str | None = None
    """The content of ``[metadata.deprecated]``."""
    repository: str = "r"


def write_registry(
    depot: Path, *packages: Package, name: str = "General", uuid: str = GENERAL, time: int = NOON
) -> Path:
    """Write a packed registry as of *time*; return the path of its tarball."""
    files = {"Registry.toml": _registry_toml(name, uuid, packages)}
    for package in packages:
        files |= _files_of(package)
    folder = depot / "registries"
    folder.mkdir(parents=True, exist_ok=True)
    archive_path = folder / f"{name}.tar.gz"
    with tarfile.open(archive_path, "w:gz") as archive:
        for file, text in files.items():
            member = tarfile.TarInfo(file)
            member.size = len(text.encode())
            member.mtime = time
            archive.addfile(member, io.BytesIO(text.encode()))
    tree_hash = hashlib.sha1(repr(sorted(files.items())).encode()).hexdigest()
    path = folder / f"{name}.toml"
    path.write_text(
        f'git-tree-sha1 = "{tree_hash}"\nuuid = "{uuid}"\npath = "{archive_path.name}"\n'
    )
    os.utime(path, (time, time))
    return archive_path


def _registry_toml(name: str, uuid: str, packages: Sequence[Package]) -> str:
    lines = [f'name = "{name}"', f'uuid = "{uuid}"', "[packages]"]
    lines += [
        f'{package.uuid} = {{ name = "{package.name}", path = "{package.uuid}" }}'
        for package in packages
    ]
    return "\n".join(lines)


def _files_of(package: Package) -> dict[str, str]:
    about = [
        f'name = "{package.name}"',
        f'uuid = "{package.uuid}"',
        f'repo = "{package.repository}"',
    ]
    if package.deprecated is not None:
        about += ["[metadata.deprecated]", package.deprecated]
    versions, deps, compat = [], [], []
    for number, (version, names) in enumerate(package.versions.items()):
        versions += [f'["{version}"]', f'git-tree-sha1 = "{number:040x}"']
        versions += ["yanked = true"] if version in package.yanked else []
        release = version.partition("+")[0]  # ranges of versions know no builds
        deps += [f'["{release}"]', *(f'{name} = "{uuid}"' for name, uuid in names.items())]
    for version, ranges in package.compat.items():
        compat += [f'["{version}"]', *(f'{name} = "{range_}"' for name, range_ in ranges.items())]
    files = {"Package": about, "Versions": versions, "Deps": deps, "Compat": compat}
    return {f"{package.uuid}/{file}.toml": "\n".join(lines) + "\n" for file, lines in files.items()}
