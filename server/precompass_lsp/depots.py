"""Depots: looked through once, and again when Julia may have run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from precompass.recompilation.installed import DepotMemory


class Depots:
    """What is remembered of the depots from one moment to the next.

    It belongs to the thread of :mod:`precompass_lsp.worker`.
    """

    def __init__(self) -> None:
        self._memory: DepotMemory | None = None

    @property
    def memory(self) -> DepotMemory:
        """What is remembered."""
        if self._memory is None:
            from precompass.recompilation.installed import DepotMemory  # not before ``initialize``

            self._memory = DepotMemory(leaves_for_later=True)
        return self._memory

    @property
    def has_left_something(self) -> bool:
        """Whether something that takes long was left for later."""
        return self._memory is not None and self._memory.has_left_something

    def forget(self) -> None:
        """Look again the next time."""
        if self._memory is not None:
            self._memory.forget()
