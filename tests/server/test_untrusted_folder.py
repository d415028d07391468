"""What a server opens for a stranger's folder: watched by Python itself, and by the system."""

from __future__ import annotations

import os
import re
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from support.hostile_folder import SECRET, write_hostile_folder
from support.raw_client import RawClient
from support.system_calls import FOLLOWED, NAMED, OPENS, paths_in, strace

AUDITED = """
import os, sys
log = open(sys.argv.pop(1), "a", buffering=1, encoding="utf-8", errors="surrogateescape")
OPEN = ("open", "os.listdir", "os.scandir", "os.chdir", "subprocess.Popen", "os.exec")
def hook(event, arguments):
    if event in OPEN and isinstance(arguments[0], (str, bytes)):
        log.write(f"open {os.fsdecode(arguments[0])}\\n")
sys.addaudithook(hook)
from precompass_lsp.__main__ import main
sys.exit(main())
"""
WHOLE = (
    "textDocument/diagnostic",
    "textDocument/documentSymbol",
    "textDocument/documentLink",
    "textDocument/codeLens",
    "textDocument/foldingRange",
    "textDocument/semanticTokens/full",
)
AT_A_PLACE = (
    "textDocument/hover",
    "textDocument/completion",
    "textDocument/definition",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/prepareRename",
    "textDocument/prepareCallHierarchy",
)
COMMANDS = ("precompass.status", "precompass.caches", "precompass.environment")


def ask_everything(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> None:
    """Open all files of a folder that is not trusted, ask about each line, and leave."""
    client = RawClient(command, variables)
    try:
        capabilities = {"textDocument": {"diagnostic": {}}, "workspace": {"configuration": False}}
        client.initialize(folder, capabilities, {"debounce": 0, "trust": False})
        client.notify("initialized", {})
        files = [path for path in sorted(folder.rglob("*.toml")) if not path.is_symlink()]
        for path in files:
            text = path.read_text(encoding="utf-8")
            document = {"uri": path.as_uri(), "languageId": "toml", "version": 1, "text": text}
            client.notify("textDocument/didOpen", {"textDocument": document})
        asked = []
        for path in [*files, *(path for path in folder.rglob("*.toml") if path.is_symlink())]:
            name = {"textDocument": {"uri": path.as_uri()}}
            asked += [client.ask(method, name) for method in WHOLE]
            lines = path.read_text(encoding="utf-8").count("\n") if path in files else 2
            for line in range(lines + 1):
                end = {"line": line, "character": 999}
                for method in AT_A_PLACE:
                    more = {"context": {"includeDeclaration": True}}
                    place = {"position": {"line": line, "character": 12}}
                    asked.append(client.ask(method, {**name, **place, **more}))
                part = {"start": {"line": line, "character": 0}, "end": end}
                asked.append(client.ask("textDocument/inlayHint", {**name, "range": part}))
                context = {"range": part, "context": {"diagnostics": []}}
                asked.append(client.ask("textDocument/codeAction", {**name, **context}))
            asked += [
                client.ask("workspace/executeCommand", {"command": one, "arguments": [name]})
                for one in COMMANDS
            ]
        asked.append(client.ask("workspace/symbol", {"query": ""}))
        asked.append(client.ask("workspace/diagnostic", {"previousResultIds": []}))
        for number in asked:
            client.answer(number)
        client.request("shutdown", None)
        client.notify("exit", None)
        client.process.wait(30)
    finally:
        client.end()


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """The environment variables of a user whose home is empty."""
    kept = {name: os.environ[name] for name in ("LANG", "SYSTEMROOT") if name in os.environ}
    return {
        **kept,
        "HOME": str(tmp_path / "home"),
        "PATH": "",
        "JULIA_DEPOT_PATH": str(tmp_path / "depot"),
        "JULIA_LOAD_PATH": "@",
        "PRECOMPASS_CACHE": str(tmp_path / "cache"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def opened_elsewhere(opened: set[Path], place: Path) -> list[Path]:
    """Return what was opened that is neither the folder's, nor Julia's, nor Python's own."""
    python = {sys.prefix, sys.base_prefix, sys.exec_prefix, *sysconfig.get_paths().values()}
    checkout = Path(__file__).parents[2]
    allowed = [*map(Path, python), checkout, place / "Clone", place / "depot", place / "cache"]
    allowed += map(Path, ("/usr", "/lib", "/lib64", "/etc", "/dev", "/proc", "/sys", "/bin"))
    allowed += [place / "home" / ".julia"]
    return sorted(one for one in opened if not any(map(one.is_relative_to, allowed)))


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_python_opens_nothing_elsewhere_for_a_stranger(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    folder, log = write_hostile_folder(tmp_path), tmp_path / "log"
    ask_everything([sys.executable, "-c", AUDITED, str(log)], folder, variables)
    opened = paths_in(log, re.compile(r"^open (.*)$", re.MULTILINE), folder)
    assert folder / "Project.toml" in opened
    assert not opened_elsewhere(opened, tmp_path)


@pytest.mark.skipif(strace() is None, reason="strace is not here, or may not watch")
def test_the_system_is_asked_for_nothing_elsewhere_for_a_stranger(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    """Neither what a link leads to, nor whether something is there."""
    folder, log = write_hostile_folder(tmp_path), tmp_path / "log"
    (folder / ".git").unlink()
    (folder / ".git").symlink_to(tmp_path / SECRET / "git")
    watcher = [str(strace()), "-f", "-qq", "-s", "4096", "-e", "trace=%file", "-o", str(log)]
    ask_everything([*watcher, sys.executable, "-m", "precompass_lsp"], folder, variables)
    opened = paths_in(log, OPENS, folder)
    assert folder / "Project.toml" in opened
    assert not opened_elsewhere(opened, tmp_path)
    named = paths_in(log, NAMED, folder)
    assert not [path for path in named if path.is_relative_to(tmp_path / SECRET)]
    assert not [path for path in named if path.is_relative_to(folder / "away" / "Foo")]
    links = {path for path in folder.rglob("*") if path.is_symlink()}
    elsewhere = {path for path in links if not path.resolve().is_relative_to(folder)}
    assert folder / ".git" in elsewhere
    assert not paths_in(log, FOLLOWED, folder) & elsewhere
