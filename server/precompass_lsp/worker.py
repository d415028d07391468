"""The one thread on which all analysis runs.

One thread, so that nothing in the analysis needs a lock; not the thread of the protocol, so
that messages are read, and requests cancelled, while it works.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Worker:
    """Runs functions one after the other, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="analysis")

    def submit(self, function: Callable[[], None]) -> None:
        """Run a function after all that has been asked for; nobody waits for it."""
        self._executor.submit(function)

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what a function returns, or raise what it raises.

        If the caller is cancelled, a function that has not begun is never run.
        """
        return await asyncio.wrap_future(self._executor.submit(function, *args, **kwargs))
