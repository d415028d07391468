"""A small application for tests of the command line, and what running a command gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

PROJECT = """\
name = "App"
uuid = "1b1cb98e-7a93-4d4e-9d5a-5a3f0b0e6a01"

[deps]
Fields = "6d1f5c9b-25ac-4b1c-8a7e-0f55c1f0a702"
PrecompileTools = "aea7be01-6a6a-4083-8856-8a6e6704d82a"
SnoopPrecompile = "66db9d55-30c0-4569-8b51-7e840670fc0c"
Splines = "0f0e0d0c-1111-4222-8333-444455556603"
"""

MANIFEST = """\
julia_version = "1.11.2"
manifest_format = "2.0"

[[deps.Fields]]
deps = ["Meshes", "Splines"]
git-tree-sha1 = "1111111111111111111111111111111111111111"
uuid = "6d1f5c9b-25ac-4b1c-8a7e-0f55c1f0a702"
version = "0.3.1"

[[deps.Meshes]]
deps = ["SnoopPrecompile"]
git-tree-sha1 = "2222222222222222222222222222222222222222"
uuid = "9a1b2c3d-0000-4000-8000-000000000004"
version = "1.4.0"

[[deps.PrecompileTools]]
deps = ["Preferences"]
git-tree-sha1 = "5aa36f7049a63a1528fe8f7c3f2113413ffd4e1f"
uuid = "aea7be01-6a6a-4083-8856-8a6e6704d82a"
version = "1.2.1"

[[deps.Preferences]]
deps = ["TOML"]
git-tree-sha1 = "9306f6085165d270f7e3db02af26a400d580f5c6"
uuid = "21216c6a-2e73-6563-6e65-726566657250"
version = "1.4.3"

[[deps.SnoopPrecompile]]
deps = ["Preferences"]
git-tree-sha1 = "e760a70afdcd461cf01a575947738d359234665c"
uuid = "66db9d55-30c0-4569-8b51-7e840670fc0c"
version = "1.0.3"

[[deps.Splines]]
deps = ["PrecompileTools"]
git-tree-sha1 = "3333333333333333333333333333333333333333"
uuid = "0f0e0d0c-1111-4222-8333-444455556603"
version = "2.0.0"
weakdeps = ["Meshes"]

    [deps.Splines.extensions]
    SplinesMeshesExt = "Meshes"

[[deps.TOML]]
uuid = "fa267f1f-6049-4f14-aa54-33bafae1ed76"
version = "1.0.3"
"""

PREFERENCES = """\
[SnoopPrecompile]
skip_precompile = ["Splines", "Meshes"]
"""


class Outcome(NamedTuple):
    """What a command left behind: its exit code and what it wrote."""

    code: int
    out: str
    err: str


Command: TypeAlias = Callable[..., Outcome]
