"""What two language servers say of the same project file and manifest, over the protocol."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from precompass.documents.text import LineIndex, Position, PositionEncoding
from precompass.documents.toml import parse_toml
from precompass.files.kinds import FileKind, file_kind
from precompass.julia.manifest import parse_manifest
from precompass.julia.slugs import version_slug
from support.raw_client import RawClient

OURS = (sys.executable, "-m", "precompass_lsp")
LISTING = ("deps", "weakdeps", "extras")

Line = tuple[Path, int]
"""A line of a file, counted from 0."""


@dataclass(frozen=True)
class Answers:
    """What a server says.

    Attributes:
        findings: the codes of the diagnostics of each line.
        hovers: what is said of the package that a line lists.
        definitions: the file, or the file and line, that the package of a line leads to.
        hints: the text that is shown inside a line.
        links: where the links of a line lead.
    """

    findings: Mapping[Line, frozenset[str]]
    hovers: Mapping[Line, str]
    definitions: Mapping[Line, tuple[Path, int]]
    hints: Mapping[Line, str]
    links: Mapping[Line, frozenset[str]]


def fatou() -> Sequence[str] | None:
    """Return the command that starts fatou's language server; None where it is not installed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    program = shutil.which("fatou", path=path)
    return (program, "lsp") if program is not None else None


def offline(folder: Path) -> Mapping[str, str]:
    """Return the environment variables of a machine that has nothing but one depot."""
    own = {"HOME": "home", "XDG_CACHE_HOME": "cache", "XDG_CONFIG_HOME": "config"}
    return {
        **os.environ,
        **{name: str(folder / value) for name, value in own.items()},
        "JULIA_DEPOT_PATH": str(folder / "depot"),
        "JULIA_LOAD_PATH": "@",
    }


def install(depot: Path, manifest: Path, names: Iterable[str]) -> None:
    """Put an empty module for each of these packages where Pkg would install it."""
    wanted = set(names)
    for entry in parse_manifest(manifest, manifest.read_text()).packages.values():
        if entry.tree_sha1 is not None and entry.name in wanted:
            slug = version_slug(entry.uuid, entry.tree_sha1)
            source = depot / "packages" / entry.name / slug / "src" / f"{entry.name}.jl"
            source.parent.mkdir(parents=True, exist_ok=True)
            source.write_text(f"module {entry.name}\nend\n")


class Fatou(RawClient):
    """fatou, which tells by its progress when it has looked at an environment."""

    is_ready = False

    def _take(self, message: Any) -> None:
        if message.get("method") == "$/progress" and message["params"]["value"]["kind"] == "end":
            self.is_ready = True
        super()._take(message)


def of_fatou(
    command: Sequence[str], files: Sequence[Path], variables: Mapping[str, str]
) -> Answers:
    """Return what fatou says of the files of one folder; it answers for what is open alone."""
    client = Fatou(command, variables)
    try:
        client.initialize(files[0].parent, {"window": {"workDoneProgress": True}})
        client.notify("initialized", {})
        client.until(lambda: client.is_ready)
        for path in files:
            text = path.read_text()
            item = {"uri": path.as_uri(), "languageId": "toml", "version": 1, "text": text}
            client.notify("textDocument/didOpen", {"textDocument": item})
        return _answers(client, files, lambda path: _shown(client, path))
    finally:
        client.end()


def of_ours(client: RawClient, files: Sequence[Path]) -> Answers:
    """Return what our server says of files; it needs none of them open."""

    def pulled(path: Path) -> list[Any]:
        params = {"textDocument": {"uri": path.as_uri()}}
        report = client.request("textDocument/diagnostic", params)
        return list(report["items"])

    return _answers(client, files, pulled)


def _shown(client: RawClient, path: Path) -> list[Any]:
    shown = client.shown.get(path.as_uri())
    return list(shown["diagnostics"]) if shown is not None else []


def _answers(client: RawClient, files: Sequence[Path], diagnostics: Any) -> Answers:
    hovers, definitions, hints = {}, {}, {}
    links: dict[Line, set[str]] = {}
    findings: dict[Line, set[str]] = {}
    for path in files:
        document = {"uri": path.as_uri()}
        if file_kind(path) is FileKind.PROJECT:
            for line, character in listed(path).values():
                place = {
                    "textDocument": document,
                    "position": {"line": line, "character": character},
                }
                hover = client.request("textDocument/hover", place)
                if hover:
                    hovers[path, line] = hover["contents"]["value"]
                found = client.request("textDocument/definition", place)
                if found:
                    definitions[path, line] = _target(
                        found[0] if isinstance(found, list) else found
                    )
            everything = {
                "start": {"line": 0, "character": 0},
                "end": {"line": path.read_text().count("\n") + 1, "character": 0},
            }
            params = {"textDocument": document, "range": everything}
            for hint in client.request("textDocument/inlayHint", params) or []:
                hints[path, hint["position"]["line"]] = hint["label"]
        for link in client.request("textDocument/documentLink", {"textDocument": document}) or []:
            links.setdefault((path, link["range"]["start"]["line"]), set()).add(link["target"])
        for found in diagnostics(path):
            line = found["range"]["start"]["line"]
            findings.setdefault((path, line), set()).add(found["code"])
    return Answers(
        {line: frozenset(codes) for line, codes in findings.items()},
        hovers,
        definitions,
        hints,
        {line: frozenset(targets) for line, targets in links.items()},
    )


def listed(path: Path) -> dict[tuple[str, str], tuple[int, int]]:
    """Return line and character of every package that a project file lists, by section and name."""
    text = path.read_text()
    root, lines = parse_toml(text).root, LineIndex(text)
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for section in LISTING:
        table = root.table(section)
        for name, entry in table.entries.items() if table is not None else ():
            place: Position = lines.position(entry.key.span.start + 1, PositionEncoding.UTF16)
            found[section, name] = place.line, place.character
    return found


def _target(found: Any) -> tuple[Path, int]:
    uri = found.get("uri") or found["targetUri"]
    place = found.get("range") or found["targetSelectionRange"]
    return path_of(uri), place["start"]["line"]


def path_of(uri: str) -> Path:
    """Return the file that a URI names."""
    return Path(unquote(urlsplit(uri).path))


@dataclass(frozen=True)
class Facts:
    """What a hover of fatou says of a package."""

    version: str | None
    kind: str | None
    folder: str | None


def facts(hover: str) -> Facts:
    """Read a hover of fatou: the name, its version, what it is, and where it is."""
    found = re.fullmatch(r"\*\*.+?\*\*(?: v(\S+))?(?:\n\n([^`\n]+))?(?:\n\n`(.*)`)?", hover)
    assert found is not None, hover
    return Facts(found[1], found[2], found[3])


def lines_of(*answers: Mapping[Line, object]) -> Iterator[Line]:
    """Yield every line of which some server says something."""
    yield from sorted(set().union(*answers))
