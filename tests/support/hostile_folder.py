"""A stranger's folder whose files name, in every way there is, places outside of it."""

from __future__ import annotations

from pathlib import Path

OWN_UUID = "1b1cb98e-7a93-4d4e-9d5a-5a3f0b0e6a01"
FOO_UUID = "6d1f5c9b-25ac-4b1c-8a7e-0f55c1f0a702"
BAR_UUID = "6d1f5c9b-25ac-4b1c-8a7e-0f55c1f0a703"
SECRET = "Secret"
"""The folder beside the stranger's one that nobody may look at."""

_PROJECT = """\
name = "Clone"
uuid = "{own}"
version = "0.1.0"
entryfile = "{secret}/src/Foo.jl"
manifest = "{secret}/Manifest.toml"

[deps]
Foo = "{foo}"

[weakdeps]
Bar = "{bar}"

[extensions]
AwayExt = "Bar"

[sources]
Foo = {{path = "{up}Secret/Foo"}}
Bar = {{path = "{secret}"}}

[workspace]
projects = ["test", "docs", "../Secret", "{secret}/Foo", "away/Foo"]

[apps]
away = {{submodule = "../../Secret"}}

[preferences.Foo]
path = "{secret}/src/Foo.jl"
"""
_MANIFEST = """\
julia_version = "1.12.2"
manifest_format = "2.0"

[[deps.Bar]]
path = "{secret}"
uuid = "{bar}"
version = "0.3.1"

[[deps.Foo]]
deps = ["Remote"]
path = "away/Foo"
uuid = "{foo}"
version = "0.3.1"

[[deps.Remote]]
path = "//host/share/Remote"
uuid = "6d1f5c9b-25ac-4b1c-8a7e-0f55c1f0a704"
version = "0.3.1"
"""
_PREFERENCES = """\
[Foo]
path = "{secret}/src/Foo.jl"
library = "away/libfoo.so"
"""
_SOURCE = """\
module Clone
using Preferences, Foo
include("../../Secret/src/Foo.jl")
include("{secret}/src/Foo.jl")
include("away.jl")
const a = @load_preference("path")
end
"""
_CONFIGURATION = """\
depot = "{secret}"
exclude = ["{secret}/*"]
"""


def write_hostile_folder(place: Path) -> Path:
    """Write the folder and what it points at, side by side; return the folder."""
    secret, clone = place / SECRET, place / "Clone"
    names = {"own": OWN_UUID, "foo": FOO_UUID, "bar": BAR_UUID, "secret": secret}
    for folder in (secret / "src", secret / "Foo" / "src", secret / "git", secret / "compiled"):
        folder.mkdir(parents=True)
    for folder in (clone / "src", clone / "ext", clone / "test", clone / "docs", clone / "sub"):
        folder.mkdir(parents=True)
    for file, text in {
        secret / "Project.toml": f'name = "Bar"\nuuid = "{BAR_UUID}"\n',
        secret / "Manifest.toml": _MANIFEST.format(**names),
        secret / "LocalPreferences.toml": "[Foo]\nsecret = 1\n",
        secret / ".gitignore": "*.toml\n",
        secret / "git" / "index": "",
        secret / "src" / "Foo.jl": "module Foo\nend\n",
        secret / "Foo" / "Project.toml": f'name = "Foo"\nuuid = "{FOO_UUID}"\n',
        secret / "Foo" / "src" / "Foo.jl": "module Foo\nend\n",
        # Above the folder: of the user, and not asked for.
        place / "precompass.toml": "wide-threshold = 1\n",
        place / ".gitignore": "*.jl\n",
        place / "Project.toml": "",
        # The stranger's.
        clone / "Project.toml": _PROJECT.format(up="../", **names),
        clone / "Manifest.toml": _MANIFEST.format(**names),
        clone / "LocalPreferences.toml": _PREFERENCES.format(**names),
        clone / "precompass.toml": _CONFIGURATION.format(**names),
        clone / ".git": f"gitdir: {secret}/git\n",
        clone / "src" / "Clone.jl": _SOURCE.format(**names),
        clone / "ext" / "AwayExt.jl": f'module AwayExt\ninclude("{secret}/src/Foo.jl")\nend\n',
        clone / "docs" / "Project.toml": _PROJECT.format(up="../../", **names),
    }.items():
        file.write_text(text, encoding="utf-8")
    for link, target in {
        clone / "away": secret,
        clone / "up": Path(".."),
        clone / "src" / "away.jl": secret / "src" / "Foo.jl",
        clone / ".gitignore": secret / ".gitignore",
        clone / "test" / "Project.toml": secret / "Project.toml",
        clone / "test" / "Manifest.toml": Path("../up/Secret/Manifest.toml"),
        clone / "docs" / "LocalPreferences.toml": Path("../away/LocalPreferences.toml"),
        clone / "docs" / "src": secret / "src",
        clone / "docs" / ".git": secret / "git",
        clone / "sub" / "Project.toml": Path("../../Secret/Project.toml"),
        clone / "sub" / "Manifest.toml": Path("/dev/stdin"),
    }.items():
        link.symlink_to(target)
    return clone
