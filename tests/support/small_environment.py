"""A small environment: a project, its manifest and a preferences file.

Survey uses Forest, which uses PrecompileTools, and River, which still uses SnoopPrecompile.
The project does not list Lake, so Julia ignores the preferences of Lake.
"""

from __future__ import annotations

from pathlib import Path

PROJECT = """\
name = "Survey"
uuid = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c01"
version = "0.1.0"

[deps]
Forest = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c02"
River = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c03"
SnoopPrecompile = "66db9d55-30c0-4569-8b51-7e840670fc0c"
"""

MANIFEST = """\
julia_version = "1.11.2"
manifest_format = "2.0"

[[deps.Forest]]
deps = ["PrecompileTools"]
git-tree-sha1 = "0000000000000000000000000000000000000001"
uuid = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c02"
version = "1.0.0"

[[deps.Lake]]
git-tree-sha1 = "0000000000000000000000000000000000000002"
uuid = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c04"
version = "1.0.0"

[[deps.PrecompileTools]]
deps = ["Preferences"]
git-tree-sha1 = "0000000000000000000000000000000000000003"
uuid = "aea7be01-6a6a-4083-8856-8a6e6704d82a"
version = "1.2.1"

[[deps.Preferences]]
git-tree-sha1 = "0000000000000000000000000000000000000006"
uuid = "21216c6a-2e73-6563-6e65-726566657250"
version = "1.4.3"

[[deps.River]]
deps = ["Lake", "Preferences", "SnoopPrecompile"]
git-tree-sha1 = "0000000000000000000000000000000000000004"
uuid = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c03"
version = "2.0.0"

[[deps.SnoopPrecompile]]
deps = ["Preferences"]
git-tree-sha1 = "0000000000000000000000000000000000000005"
uuid = "66db9d55-30c0-4569-8b51-7e840670fc0c"
version = "1.0.3"
"""

PREFERENCES = """\
[SnoopPrecompile]
skip_precompile = ["River"]

[Lake]
depth = 3
"""


def write_environment(folder: Path) -> Path:
    """Write the environment into a new folder; return its project file."""
    folder.mkdir()
    folder.joinpath("Project.toml").write_text(PROJECT)
    folder.joinpath("Manifest.toml").write_text(MANIFEST)
    folder.joinpath("LocalPreferences.toml").write_text(PREFERENCES)
    return folder / "Project.toml"
