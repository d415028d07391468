"""What a server holds: the texts of now, and nothing of the keystrokes before."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from lsprotocol import types

from precompass.documents.text import PositionEncoding
from precompass.documents.toml import TomlDocument
from precompass.files.snapshot import Disk
from precompass.memo import CHARACTERS
from precompass.registry.memory import RegistryMemory
from precompass_lsp.client import Client
from precompass_lsp.code_lenses import lenses_in
from precompass_lsp.depots import Depots
from precompass_lsp.documents import OpenDocument
from precompass_lsp.findings import diagnostics_of
from precompass_lsp.hover import hover_at
from precompass_lsp.moment import Moment
from precompass_lsp.settings import ServerSettings
from precompass_lsp.steadiness import Steadiness
from support.small_environment import MANIFEST, PREFERENCES, PROJECT, write_environment

TEXTS = {
    "Project.toml": PROJECT,
    "Manifest.toml": MANIFEST,
    "LocalPreferences.toml": PREFERENCES,
    "precompass.toml": 'julia = "1.11.4"\n',  # its files have a session beside the first one
}


@dataclass
class _NoRegistries:
    memory: RegistryMemory = field(default_factory=lambda: RegistryMemory(lambda _: None))


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Without Python's search for garbage: only what nobody holds is freed."""
    gc.collect()
    gc.disable()
    yield
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()


def _answer_at_one_moment(
    folder: Path,
    disk: Disk,
    depots: Depots,
    steadiness: Steadiness,
    number: int,
    texts: Mapping[str, str] = TEXTS,
) -> None:
    """Ask about all files, each with another line at its end than before."""
    documents = {
        folder / name: OpenDocument(
            (folder / name).as_uri(), folder / name, number, f"{text}# {number}\n"
        )
        for name, text in texts.items()
    }
    moment = Moment(
        documents,
        (folder,),
        ServerSettings(),
        {},
        Client(),
        PositionEncoding.UTF16,
        disk,
        depots,
        _NoRegistries(),
    )
    moment.confine()
    for path in documents:
        diagnostics_of(moment, path)
        lenses_in(moment, path, steadiness)
        for line in range(6):
            hover_at(moment, path, types.Position(line, 1))


@pytest.mark.usefixtures("no_collector")
def test_what_was_computed_for_a_keystroke_is_freed_with_the_next_one(tmp_path: Path) -> None:
    folder = write_environment(tmp_path / "Survey").parent
    disk, depots, steadiness = Disk(), Depots(), Steadiness()
    for number in range(3):
        _answer_at_one_moment(folder, disk, depots, steadiness, number)
        depots.forget()
    gc.set_debug(gc.DEBUG_SAVEALL)  # what only the collector would have freed is listed
    gc.collect()
    left = Counter(type(one).__qualname__ for one in gc.garbage if _is_ours(one))
    assert not left


def _is_ours(something: object) -> bool:
    return type(something).__module__.split(".")[0] in ("precompass", "precompass_lsp")


@pytest.mark.parametrize("name", ["Manifest.toml", "Project.toml"])
def test_of_large_texts_that_cannot_be_read_few_are_kept(tmp_path: Path, name: str) -> None:
    """They have few packages or none, so that an answer about them seems to hold little."""
    folder = write_environment(tmp_path / "Survey").parent
    filling = f"# {'x' * 76}\n" * (CHARACTERS // 2 // 79)
    disk, depots, steadiness = Disk(), Depots(), Steadiness()
    for number in range(12):
        lost = f'[[broken\nname = "{number}"\n[deps]\nDep{number} = "{UUID(int=number)}"\n'
        broken = {**TEXTS, name: f"{lost}{filling}{TEXTS[name]}"}
        _answer_at_one_moment(folder, disk, depots, steadiness, number, broken)
    gc.collect()
    documents = [one for one in gc.get_objects() if type(one) is TomlDocument]
    assert 0 < sum(len(one.text) > CHARACTERS // 2 for one in documents) <= 4


START = """
import gc
from precompass_lsp import __main__ as program
gc.set_threshold(*program._YOUNG)
import precompass_lsp.server
print(gc.collect())
"""


def test_little_garbage_is_left_of_the_start() -> None:
    """attrs makes each class twice; what is left when the analysis is loaded is kept for good."""
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 6_000  # of 17,000 that are found while Python imports
