"""When the server looks at the disk because the client does not tell of changes.

Time is made: the event loop of these tests goes to the next thing that is waited for at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import selectors
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from precompass_lsp.client import Client
from precompass_lsp.host import Host
from precompass_lsp.watching import start


class _MadeTime(asyncio.SelectorEventLoop):
    """An event loop whose time passes when nothing else is to be done."""

    def __init__(self) -> None:
        self.now = 0.0
        super().__init__(_Selector(self._pass))

    def time(self) -> float:
        return self.now

    def _pass(self, seconds: float) -> None:
        self.now += seconds


class _Selector(selectors.DefaultSelector):
    """Waits for files no time at all, and says how long it was to wait."""

    def __init__(self, waited: Callable[[float], None]) -> None:
        super().__init__()
        self._waited = waited

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self._waited(timeout or 0.0)
        return super().select(0)


def looks(
    seconds: float, events: Mapping[float, str] | None = None, takes: float = 0.0
) -> list[float]:
    """Return when the server looked at the disk, in a session in which some things happen.

    Args:
        seconds: how long the session is.
        events: by the second, ``message`` of the client, or ``change`` on disk.
        takes: seconds of each look.
    """
    found: list[float] = []
    shown: list[float] = []
    loop = _MadeTime()
    changed = False

    async def answer(otherwise: bool, function: object, moment: object) -> bool:  # noqa: ARG001
        nonlocal changed
        found.append(round(loop.time(), 6))
        await asyncio.sleep(takes)
        has_changed, changed = changed, False
        return has_changed

    async def check_disk() -> None:
        shown.append(loop.time())

    server = SimpleNamespace(
        client=Client(),
        heard=asyncio.Event(),
        moment=None,
        answer=answer,
        forget_depots=lambda: None,
        diagnostics=SimpleNamespace(check_disk=check_disk),
    )

    def change() -> None:
        nonlocal changed
        changed = True

    happens: Mapping[str, Callable[[], Any]] = {"message": server.heard.set, "change": change}

    async def session() -> None:
        for second, event in (events or {}).items():
            loop.call_at(second, happens[event])
        looking = asyncio.create_task(start(cast("Host", server)))
        await asyncio.sleep(seconds)
        looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await looking

    try:
        loop.run_until_complete(session())
    finally:
        loop.close()
    changes = [second for second, event in (events or {}).items() if event == "change"]
    assert len(shown) == len(changes)
    return found


def test_looks_become_seldom_where_nothing_happens() -> None:
    assert looks(250) == [2, 6, 14, 30, 62, 122, 182, 242]


def test_a_client_in_use_is_looked_for_every_two_seconds() -> None:
    every_half_second = {number / 2: "message" for number in range(1, 20)}
    assert looks(11, every_half_second) == [2, 4, 6, 8, 10]


@pytest.mark.parametrize("second", [35.0, 61.0, 130.0])
def test_the_first_message_after_a_pause_brings_a_look_at_once(second: float) -> None:
    found = looks(second + 3, {second: "message"})
    assert second in found
    assert found[-1] == second + 2


def test_a_message_right_after_a_look_waits_for_the_next() -> None:
    assert looks(10, {6.5: "message"}) == [2, 6, 8]


def test_a_message_during_a_look_brings_the_next_one() -> None:
    assert looks(16, {8.0: "message"}, takes=1.5) == [2, 7.5, 11, 14.5]


def test_where_a_file_has_changed_more_may_change_soon() -> None:
    assert looks(21, {10.0: "change"}) == [2, 6, 14, 16, 20]
