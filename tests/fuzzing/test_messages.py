"""A few of the messages that ``make attack`` sends: each request is answered, the server stays."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.exhaustive


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    """The program that sends messages which are nearly right."""
    path = Path(__file__).with_name("messages.py")
    spec = importlib.util.spec_from_file_location("messages", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["messages"] = module
    spec.loader.exec_module(module)
    return module


def test_two_sessions_of_messages(messages: ModuleType, tmp_path: Path) -> None:
    said = messages.go(1, 2, tmp_path)
    assert said.startswith("seed 1: 2 sessions; ")


def test_a_server_that_ends_is_noticed(
    messages: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "PATIENCE", 1.0)
    hello = messages.Session.ask

    def ask_and_end(self: object, number: object, method: str, params: object) -> None:
        hello(self, number, method, params)
        self.process.kill()  # type: ignore[attr-defined]

    monkeypatch.setattr(messages.Session, "ask", ask_and_end)
    with pytest.raises(SystemExit, match="seed 1, session 0: the server"):
        messages.go(1, 1, tmp_path)
