"""A small registry, in the forms in which a depot may hold one."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest

EXAMPLE = "7876af07-990d-54b4-ab0e-23690620f79a"
PREFERENCES = "21216c6a-2e73-6563-6e65-726566657250"
TOML = "fa267f1f-6049-4f14-aa54-33bafae1ed76"
PLOTS = "91a5bcdd-55d7-5caf-9e0b-520d859cae80"
UNITS = "1986cc42-f94f-5a68-af5c-568840ba703d"
CAIRO_JLL = "83423d85-b0ee-5818-9007-b63ccbeb887a"
OLD = "11111111-1111-4111-8111-111111111111"

SMALL = {
    "Registry.toml": f"""
name = "Small"
uuid = "23338594-aafe-5451-b93e-139f81909106"
repo = "https://example.org/Small.git"
description = "Six packages"

[packages]
{EXAMPLE} = {{ name = "Example", path = "E/Example" }}
{PREFERENCES} = {{ name = "Preferences", path = "P/Preferences" }}
{PLOTS} = {{ name = "Plots", path = "P/Plots" }}
{UNITS} = {{ name = "Unitful", path = "U/Unitful" }}
{CAIRO_JLL} = {{ name = "Cairo_jll", path = "C/Cairo_jll" }}
{OLD} = {{ name = "Old", path = "O/Old" }}
""",
    "E/Example/Package.toml": f"""
name = "Example"
uuid = "{EXAMPLE}"
repo = "https://example.org/Example.jl.git"
""",
    "E/Example/Versions.toml": """
["0.5.3"]
git-tree-sha1 = "46e44e869b4d90b96bd8ed1fdcf32244fddfb6cc"

["0.5.4"]
git-tree-sha1 = "56e44e869b4d90b96bd8ed1fdcf32244fddfb6cc"

["0.5.5"]
git-tree-sha1 = "66e44e869b4d90b96bd8ed1fdcf32244fddfb6cc"
yanked = true
""",
    "E/Example/Deps.toml": f"""["0.5.4-0"]
Preferences = "{PREFERENCES}"

["0.5.5"]
Plots = "{PLOTS}"
""",
    "E/Example/Compat.toml": """
["0-0.5.3"]
julia = "0.7-1"

["0.5.4-0"]
Preferences = ["1.2-1.3", "2"]
julia = "1.6-1"
""",
    "P/Preferences/Package.toml": f"""
name = "Preferences"
uuid = "{PREFERENCES}"
repo = "https://example.org/Preferences.jl.git"
""",
    "P/Preferences/Versions.toml": """
["1.2.0"]
git-tree-sha1 = "1111111111111111111111111111111111111111"

["1.3.0"]
git-tree-sha1 = "2222222222222222222222222222222222222222"

["1.10.0"]
git-tree-sha1 = "3333333333333333333333333333333333333333"
""",
    "P/Preferences/Deps.toml": f'[1]\nTOML = "{TOML}"\n',
    "P/Plots/Package.toml": f"""
name = "Plots"
uuid = "{PLOTS}"
repo = "https://example.org/Monorepo.git"
subdir = "Plots"
""",
    "P/Plots/Versions.toml": """
["1.0.0"]
git-tree-sha1 = "4444444444444444444444444444444444444444"
""",
    "P/Plots/Deps.toml": f"""
[1]
Cairo_jll = "{CAIRO_JLL}"
Example = "{EXAMPLE}"
Unitful = "{UNITS}"
""",
    "P/Plots/WeakDeps.toml": f'[1]\nUnitful = "{UNITS}"\n',
    "P/Plots/WeakCompat.toml": '[1]\nUnitful = "1"\n',
    "U/Unitful/Package.toml": f'name = "Unitful"\nuuid = "{UNITS}"\nrepo = "r"\n',
    "U/Unitful/Versions.toml": """
["1.0.0"]
git-tree-sha1 = "5555555555555555555555555555555555555555"
""",
    "U/Unitful/WeakDeps.toml": f'[1]\nPlots = "{PLOTS}"\n',
    "C/Cairo_jll/Package.toml": f'name = "Cairo_jll"\nuuid = "{CAIRO_JLL}"\nrepo = "r"\n',
    "C/Cairo_jll/Versions.toml": """
["1.16.1+0"]
git-tree-sha1 = "6666666666666666666666666666666666666666"

["1.16.1+10"]
git-tree-sha1 = "7777777777777777777777777777777777777777"

["1.16.1+9"]
git-tree-sha1 = "8888888888888888888888888888888888888888"
""",
    "C/Cairo_jll/Deps.toml": f"""["1.16.1"]
Preferences = "{PREFERENCES}"
""",
    "O/Old/Package.toml": f"""
name = "Old"
uuid = "{OLD}"
repo = "https://example.org/Old.jl.git"

[metadata.deprecated]
reason = "It is no longer maintained"
alternative = "Example"
""",
    "O/Old/Versions.toml": """
["0.1.0"]
git-tree-sha1 = "9999999999999999999999999999999999999999"
yanked = true
""",
    "O/Old/Deps.toml": f'[0]\nPreferences = "{PREFERENCES}"\n',
}


class Write(Protocol):
    """Write a registry of these files into a depot, under a name, and return its path."""

    def __call__(
        self, files: Mapping[str, str] = ..., *, depot: Path | None = None, name: str = "Small"
    ) -> Path: ...


@pytest.fixture
def small() -> dict[str, str]:
    """The files of the small registry, to be changed by the test."""
    return dict(SMALL)


@pytest.fixture
def depot(tmp_path: Path) -> Path:
    """A depot with an empty folder for registries."""
    (tmp_path / "depot" / "registries").mkdir(parents=True)
    return tmp_path / "depot"


@pytest.fixture
def write_unpacked(depot: Path) -> Write:
    def write(
        files: Mapping[str, str] = SMALL, *, depot: Path | None = depot, name: str = "Small"
    ) -> Path:
        assert depot is not None
        folder = depot / "registries" / name
        for file, text in files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(text.encode())
        return folder

    return write


@pytest.fixture
def write_packed(depot: Path) -> Write:
    """As Pkg does it: first the tarball, then the file that names it and its tree hash.

    (The tree hash is made up here: some digest of the content.)
    """

    def write(
        files: Mapping[str, str] = SMALL, *, depot: Path | None = depot, name: str = "Small"
    ) -> Path:
        assert depot is not None
        registries = depot / "registries"
        registries.mkdir(parents=True, exist_ok=True)
        with tarfile.open(registries / f"{name}.tar.gz", "w:gz") as archive:
            for file, text in files.items():
                member = tarfile.TarInfo(file)
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))
        tree_hash = hashlib.sha1(repr(sorted(files.items())).encode()).hexdigest()
        path = registries / f"{name}.toml"
        path.write_text(
            f'git-tree-sha1 = "{tree_hash}"\n'
            'uuid = "23338594-aafe-5451-b93e-139f81909106"\n'
            f'path = "{name}.tar.gz"\n'
        )
        return path

    return write
