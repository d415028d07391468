"""Environments of any size, made by rule: each package depends on some of those before it."""

from __future__ import annotations

from pathlib import Path
from uuid import NAMESPACE_DNS, UUID, uuid5

_DIRECT = 20  # dependencies of the project
TWO_DEPENDENCIES = """\
name = "Survey"
uuid = "1b1cb98e-7a93-4d4e-9d5a-5a3f0b0e6a01"
version = "0.1.0"

[deps]
JSON = "682c06a0-de6a-54ab-a142-c8b1cf79cde6"
Parsers = "69de0a69-1ddd-5017-9359-2bf0b02dc9f0"

[compat]
JSON = "0.21"
Parsers = "2"
julia = "1.10"
"""
"""A package that lists two others, and has nothing for a rule to report."""


def name_of(number: int) -> str:
    """Return the name of a package."""
    return f"Package{number:05}"


def uuid_of(number: int) -> UUID:
    """Return the UUID of a package."""
    return uuid5(NAMESPACE_DNS, name_of(number))


def made_manifest(packages: int) -> str:
    """Return a manifest of as many packages, each with up to four dependencies."""
    parts = ['julia_version = "1.11.2"\nmanifest_format = "2.0"\n']
    for number in range(packages):
        below = sorted({one for one in (number // 2, number // 3, number - 1) if 0 <= one < number})
        deps = ", ".join(f'"{name_of(one)}"' for one in below)
        parts.append(
            f"[[deps.{name_of(number)}]]\n"
            + (f"deps = [{deps}]\n" if below else "")
            + f'git-tree-sha1 = "{uuid5(NAMESPACE_DNS, str(number)).hex}01234567"\n'
            f'uuid = "{uuid_of(number)}"\nversion = "1.{number % 50}.{number % 7}"\n'
        )
    return "\n".join(parts)


def made_project(packages: int, name: str | None = None) -> str:
    """Return a project file that depends on the last packages of a manifest."""
    direct = range(max(0, packages - _DIRECT), packages)
    own = uuid5(NAMESPACE_DNS, name) if name is not None else None
    head = f'name = "{name}"\nuuid = "{own}"\nversion = "0.1.0"\n\n' if name is not None else ""
    deps = "".join(f'{name_of(number)} = "{uuid_of(number)}"\n' for number in direct)
    compat = "".join(f'{name_of(number)} = "1"\n' for number in direct)
    return f'{head}[deps]\n{deps}\n[compat]\n{compat}julia = "1.10"\n'


def made_preferences(packages: int, preferences: int) -> str:
    """Return a preferences file with as many preferences of the direct dependencies."""
    direct = range(max(0, packages - _DIRECT), packages)
    each, more = divmod(preferences, len(direct))
    parts = []
    for index, number in enumerate(direct):
        count = each + (index < more)
        keys = "".join(f"key_{key} = true\n" for key in range(count))
        parts.append(f"[{name_of(number)}]\n{keys}" if count else "")
    return "\n".join(part for part in parts if part)


def write_environment(folder: Path, packages: int, preferences: int = 50) -> Path:
    """Write an environment of a project, its manifest and preferences; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Project.toml").write_text(made_project(packages))
    (folder / "Manifest.toml").write_text(made_manifest(packages))
    (folder / "LocalPreferences.toml").write_text(made_preferences(packages, preferences))
    return folder


def write_monorepo(folder: Path, projects: int, packages: int = 100) -> Path:
    """Write packages beside each other, each with a manifest of its own; return the folder."""
    manifest = made_manifest(packages)
    for name in _write_packages(folder, projects, packages):
        (folder / "lib" / name / "Manifest.toml").write_text(manifest)
    return folder


def write_workspace(folder: Path, projects: int, packages: int = 100) -> Path:
    """Write packages beside each other that share a manifest (Julia 1.12); return the folder."""
    names = _write_packages(folder, projects, packages)
    listed = ", ".join(f'"lib/{name}"' for name in names)
    (folder / "Project.toml").write_text(f"[workspace]\nprojects = [{listed}]\n")
    entries = (
        f'\n[[deps.{name}]]\npath = "lib/{name}"\nuuid = "{uuid5(NAMESPACE_DNS, name)}"\n'
        'version = "0.1.0"\n'
        for name in names
    )
    manifest = made_manifest(packages).replace('"1.11.2"', '"1.12.2"')
    (folder / "Manifest.toml").write_text(manifest + "".join(entries))
    return folder


def _write_packages(folder: Path, projects: int, packages: int) -> list[str]:
    names = [f"Member{number:04}" for number in range(projects)]
    for name in names:
        below = folder / "lib" / name
        (below / "src").mkdir(parents=True)
        (below / "Project.toml").write_text(made_project(packages, name))
        (below / "src" / f"{name}.jl").write_text(f"module {name}\nend\n")
    return names
