"""Environments for tests: a few files in a folder, and the session that an editor would have.

Manifests are told in brief, by what depends on what::

    manifest({"CSV": "Parsers SnoopPrecompile", "Parsers": "Dates", ...})

Every package gets the UUID of its name from :func:`uuid`; those that the tests are about have
their real ones.
"""

from __future__ import annotations

import uuid as _uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from precompass.documents.text import Span, apply_edits
from precompass.files.snapshot import Disk, Snapshot
from precompass.findings import FileEdit, Fix
from precompass.fixes import edits_of
from precompass.julia.environment import Environment, environment_of, manifest_and_julia
from precompass.julia.project import parse_project
from precompass.julia.uuids import UUID
from precompass.julia.versions import VersionNumber
from precompass.recompilation.invalidation import Invalidation, Invalidations
from precompass.session import Session
from precompass.settings.settings import Settings
from precompass.wording import read_reasons

_REAL = {
    "CondaPkg": "992eb4ea-22a4-4c89-a5bb-47a3300528ab",
    "CSV": "336ed68f-0bac-5ca0-87d4-7b16caf5d00b",
    "CUDA": "052768ef-5323-5732-b1bb-66c8b64840ba",
    "CUDA_Runtime_jll": "76a88914-d11a-5bdc-97e0-2f5a05c973a2",
    "DataFrames": "a93c6f00-e57d-5684-b7b6-d8193f3e46c0",
    "Dates": "ade2ca70-3891-5945-98fb-dc099432e06a",
    "Enzyme": "7da242da-08ed-463a-9acd-ee780be4f1d9",
    "HDF5": "f67ccb44-e63f-5c2f-98bd-6dc0ccc4ba2f",
    "HDF5_jll": "0234f1f7-429e-5d53-9886-15a909be8d59",
    "FFTW": "7a1cc6ca-52ef-59f5-83cd-3a7055c09341",
    "MPIPreferences": "3da0fdf6-3ccc-4f1b-acd9-58baa6c99267",
    "JLLWrappers": "692b3bcd-3c85-4b1f-b108-f13ce0eb3210",
    "MPI": "da04e1cc-30fd-572f-bb4f-1f8673147195",
    "OrdinaryDiffEq": "1dea7af3-3e70-54e6-95c3-0bf5283fa5ed",
    "Parsers": "69de0a69-1ddd-5017-9359-2bf0b02dc9f0",
    "PrecompileTools": "aea7be01-6a6a-4083-8856-8a6e6704d82a",
    "Preferences": "21216c6a-2e73-6563-6e65-726566657250",
    "PythonCall": "6099a3de-0909-46bc-b1f4-468b9a2dfc0d",
    "SnoopPrecompile": "66db9d55-30c0-4569-8b51-7e840670fc0c",
    "TOML": "fa267f1f-6049-4f14-aa54-33bafae1ed76",
    "Trixi": "a7f1ee26-1774-49b1-8366-f1abc58fbfcb",
}

STDLIBS = ("Dates", "TOML")

TREE = "46e44e869b4d90b96bd8ed1fdcf32244fddfb6cc"


def uuid(name: str) -> UUID:
    """Return the UUID of a package in these tests."""
    known = _REAL.get(name)
    return UUID(known) if known else _uuid.uuid5(_uuid.NAMESPACE_DNS, name)


def load_environment(
    project: Path,
    files: Snapshot,
    *,
    julia: VersionNumber | None = None,
    further: Sequence[Path] = (),
) -> Environment:
    """Return the environment of a project file that is there."""
    source = files.read(project)
    assert source is not None
    read = parse_project(project, source.text)
    return environment_of(read, manifest_and_julia(read, files, julia), files, further)


@dataclass(frozen=True)
class Package:
    """A package of a manifest.

    Attributes:
        deps, weakdeps: names, separated by spaces.
        version: its version.
        path: its folder, if it is developed.
        extensions: name of the extension to the names of its triggers, separated by spaces.
    """

    deps: str = ""
    weakdeps: str = ""
    version: str = "1.0.0"
    path: str | None = None
    extensions: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return its entry of a manifest."""
        lines = [f"[[deps.{name}]]"]
        if self.deps:
            lines.append(f"deps = {_names(self.deps)}")
        if self.path is not None:
            lines.append(f'path = "{self.path}"')
        elif name not in STDLIBS:
            lines.append(f'git-tree-sha1 = "{TREE}"')
        lines.append(f'uuid = "{uuid(name)}"')
        if name not in STDLIBS:
            lines.append(f'version = "{self.version}"')
        if self.weakdeps:
            lines.append("")
            lines.append(f"    [deps.{name}.weakdeps]")
            lines += [f'    {weak} = "{uuid(weak)}"' for weak in self.weakdeps.split()]
        if self.extensions:
            lines.append("")
            lines.append(f"    [deps.{name}.extensions]")
            for extension, triggers in self.extensions.items():
                names = triggers.split()
                written = f'"{names[0]}"' if len(names) == 1 else _names(triggers)
                lines.append(f"    {extension} = {written}")
        return "\n".join(lines) + "\n"


def _names(text: str) -> str:
    return "[" + ", ".join(f'"{name}"' for name in text.split()) + "]"


def manifest(packages: Mapping[str, str | Package], julia: str | None = "1.10.4") -> str:
    """Return the text of a manifest in format 2.0.

    Args:
        packages: the packages; a text stands for its dependencies.
        julia: the version that wrote it; None leaves that out.
    """
    head = [f'julia_version = "{julia}"'] if julia is not None else []
    parts = ["\n".join([*head, 'manifest_format = "2.0"', ""])]
    for name, package in packages.items():
        told = Package(package) if isinstance(package, str) else package
        parts.append(told.text(name))
    return "\n".join(parts)


def project(
    name: str | None = None,
    *,
    deps: str = "",
    weakdeps: str = "",
    extras: str = "",
    version: str = "0.1.0",
) -> str:
    """Return the text of a project file that lists packages."""
    parts = [f'name = "{name}"\nuuid = "{uuid(name)}"\nversion = "{version}"\n'] if name else []
    for section, names in (("deps", deps), ("weakdeps", weakdeps), ("extras", extras)):
        if names:
            lines = [f'{listed} = "{uuid(listed)}"' for listed in names.split()]
            parts.append("\n".join([f"[{section}]", *lines, ""]))
    return "\n".join(parts)


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files, by their path relative to a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def why_not(found: Invalidations, invalidation: Invalidation) -> str:
    """Return what is said of why Julia does not notice a change of a preference."""
    assert invalidation.why_not is not None
    return read_reasons.why_not(invalidation.why_not, found.environment)


def session(
    folder: Path,
    files: Mapping[str, str],
    *,
    julia: str | None = None,
    wide_threshold: int = 1000,
    variables: Mapping[str, str] | None = None,
) -> Session:
    """Return a session over these files, as if an editor had them all open.

    It looks into no depot, and knows no other environment than that of the files.

    Args:
        folder: where the files are.
        files: their texts, by path relative to the folder.
        julia: whose rules apply, if not those of the manifest.
        wide_threshold: as in the settings; so high that only one rule's own tests reach it.
        variables: the environment variables that Julia would see.
    """
    texts = {folder / name: text for name, text in files.items()}
    settings = Settings(
        julia=VersionNumber.parse(julia) if julia is not None else None,
        use_depot=False,
        wide_threshold=wide_threshold,
        variables={"JULIA_LOAD_PATH": "@:@stdlib", **(variables or {})},
    )
    return Session(Snapshot(Disk(), texts), settings)


def invalidations(
    folder: Path, files: Mapping[str, str], *, julia: str | None = None
) -> Invalidations:
    """Return the answers about the environment of these files."""
    found = session(folder, files, julia=julia).invalidations(folder / "Project.toml")
    assert found is not None
    return found


def after(
    folder: Path, files: Mapping[str, str], edits: Sequence[FileEdit] | None
) -> dict[str, str]:
    """Return the files as they are after an edit, which has to fit them."""
    assert edits is not None
    texts = dict(files)
    for edit in edits:
        name = str(edit.file.relative_to(folder))
        assert edit.before == texts[name]
        texts[name] = apply_edits(edit.before, edit.edits)
    return texts


def changed(folder: Path, files: Mapping[str, str], fix: Fix) -> dict[str, str]:
    """Return the files that a fix changes, as they are then."""
    texts = after(folder, files, edits_of(session(folder, files), fix.id))
    return {name: text for name, text in texts.items() if text != files[name]}


def marked(text: str) -> tuple[str, list[Span]]:
    """Return a text without its marks ⟦ ⟧, and the ranges that they enclosed, in their order."""
    spans: list[Span] = []
    starts: list[int] = []
    plain = ""
    for character in text:
        if character == "⟦":
            starts.append(len(plain))
        elif character == "⟧":
            spans.append(Span(starts.pop(), len(plain)))
        else:
            plain += character
    return plain, sorted(spans)
