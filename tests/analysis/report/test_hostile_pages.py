"""What status, why, caches and graph print of names that somebody chose to do harm.

Each command runs on an environment of such names; what it prints is read by a parser of its format.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from precompass.cli import main
from precompass.files import disk
from precompass.files.reach import Reach
from support.environments import TREE, uuid

PAYLOADS = (
    "<script>alert(1)</script>",
    "]]>",
    "&lt;",
    '"]; evil [label="',
    "\n::error::owned",
    "\x1b[31m",
    "\x1b]8;;http://evil.example\x07",
    "\x9b2J",
    "\u202e",
    "\u200b",
    "\ufeff",
    "\u2028",
    "\U000e0041",
    "%%{init: {}}%%",
    "#quot;",
    "[bold]",
    "[/]",
    "\\",
    "`",
    "| a |",
    "end\n  click a href",
    "a",
)
HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(PAYLOADS),
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6),
    ),
    min_size=1,
    max_size=4,
).map("".join)
CHECKED = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
pytestmark = pytest.mark.filterwarnings("ignore")


def toml(text: str) -> str:
    return '"' + "".join(f"\\U{ord(character):08x}" for character in text) + '"'


@contextlib.contextmanager
def environment(name: str, value: str) -> Iterator[Path]:
    """An environment in which packages, extensions, keys and values have such names."""
    package, chosen = toml(name), toml(value)
    entries = "".join(
        f'[[deps.{one}]]\n{more}uuid = "{uuid(known)}"\nversion = "1.0.0"\n'
        f'git-tree-sha1 = "{TREE}"\n'
        for one, known, more in (
            (package, "Hostile", 'deps = ["Preferences"]\n'),
            ("Above", "Above", f"deps = [{package}]\n"),
            ("Preferences", "Preferences", ""),
        )
    )
    texts = {
        "Project.toml": f'[deps]\n{package} = "{uuid("Hostile")}"\nAbove = "{uuid("Above")}"\n',
        "Manifest.toml": f'julia_version = "1.11.2"\nmanifest_format = "2.0"\n{entries}'
        f'[deps.Above.extensions]\n{chosen} = "Preferences"\n',
        "LocalPreferences.toml": f"[{package}]\n{chosen} = {chosen}\n",
    }
    with tempfile.TemporaryDirectory() as folder:
        for file, text in texts.items():
            Path(folder, file).write_text(text, encoding="utf-8")
        caches = Path(folder, "depot", "compiled", "v1.11", "Above")
        caches.mkdir(parents=True)
        file = re.sub(r"[/\0]", "-", name).encode()[:200].decode(errors="ignore")
        (caches / f"{file}.ji").write_bytes(b"no cache")
        yield Path(folder)


def printed(folder: Path, *arguments: str) -> str:
    """Return what a command prints."""
    output, errors = io.StringIO(), io.StringIO()
    chosen = ("--project", str(folder), "--depot", str(folder / "depot"))
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            code = main([*arguments, *chosen])
    finally:
        disk.confine(Reach())
    assert code in (0, 1), errors.getvalue()
    everything_is_seen(errors.getvalue())
    return output.getvalue()


def everything_is_seen(text: str) -> None:
    """Nothing is unseen, or obeyed by a terminal or by GitHub."""
    for character in text:
        unseen = unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs")
        assert character == "\n" or not unseen, (hex(ord(character)), text)
    assert not re.search(r"^\s*::", text, re.MULTILINE), text


@CHECKED
@given(HOSTILE, HOSTILE)
@example("".join(PAYLOADS), "".join(PAYLOADS))
def test_status_why_and_caches_are_lines_of_text(name: str, value: str) -> None:
    with environment(name, value) as folder:
        for command in ("status", "why", "caches"):
            everything_is_seen(printed(folder, command))
            json.loads(printed(folder, command, "--format", "json"))
        assert "Above" in printed(folder, "why")


@CHECKED
@given(HOSTILE, HOSTILE)
@example("".join(PAYLOADS), "".join(PAYLOADS))
def test_pictures_of_root_causes_are_pictures(name: str, value: str) -> None:
    with environment(name, value) as folder:
        for form in ("dot", "mermaid"):
            everything_is_seen(printed(folder, "graph", "--pending", f"--{form}", "-"))
        json.loads(printed(folder, "graph", "--pending", "--format", "json"))
        tags = {
            element.tag.rpartition("}")[2]
            for element in ElementTree.fromstring(
                printed(folder, "graph", "--pending", "--svg", "-")
            ).iter()
        }
        assert not tags & {"script", "a", "image", "foreignObject", "iframe"}
