"""What is registered, and the memory of having opened the registries.

To open a registry takes a second or two when it is new or has changed, and milliseconds after
that. A command waits for it. A server does not: it lets the work be done elsewhere, and until
then its answers are those of a machine without a registry.
"""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import msgspec

from precompass.julia.uuids import PREFERENCES
from precompass.registry.folder import IndexFolder
from precompass.registry.registries import Registries, open_registries
from precompass.registry.sources import find_registries

if TYPE_CHECKING:
    from precompass.registry.archive import Progress
    from precompass.registry.ecosystem import Ecosystem

T = TypeVar("T")
Work: TypeAlias = Callable[[], None]

PATIENCE = 5.0
"""Seconds between two looks at whether a registry has changed."""

_KEPT = 32  # computed answers about one state of the registries
_QUICK_LOOK = 0.25  # seconds; where a look takes longer, there are fewer of them

logger = logging.getLogger(__name__)


class Registered:
    """The registries of some depots in one state, and what is computed from them.

    It may be used by several threads. The registries are closed when nobody holds it any more.

    Attributes:
        registries: those that could be opened, and what is wrong with the others.
    """

    def __init__(
        self,
        registries: Registries,
        submit: Callable[[Work], object] | None,
        ready: Callable[[Registered], None] | None,
    ) -> None:
        self.registries = registries
        self._submit = submit
        self._ready = ready
        self._lock = threading.Lock()
        self._answers: dict[Hashable, Future[Any]] = {}
        weakref.finalize(self, registries.close)

    @property
    def ecosystem(self) -> Ecosystem | None:
        """The graph of all registered packages; None where it is not there yet."""
        return self.later("ecosystem", partial(_read_ecosystem, self.registries))

    def later(self, question: Hashable, compute: Callable[[], T]) -> T | None:
        """Return what *compute* returns: a new answer at once, or None until it is there.

        Args:
            question: what is asked; the same question is answered once.
            compute: answers it.
        """
        with self._lock:
            answer = self._answers.get(question)
            is_new = answer is None
            if answer is None:
                answer = self._answers[question] = Future()
                if len(self._answers) > _KEPT:
                    del self._answers[next(iter(self._answers))]
        if is_new:
            _start(self._submit, partial(self._fulfil, answer, compute))
        if self._submit is not None and not answer.done():
            return None
        found: T | None = answer.result()
        return found

    def _fulfil(self, answer: Future[Any], compute: Callable[[], object]) -> None:
        try:
            answer.set_result(compute())
        except Exception:
            logger.exception("Something cannot be computed from the registries.")
            answer.set_result(None)
        if self._submit is not None and self._ready is not None:
            self._ready(self)


class _Place(msgspec.Struct):
    """Some depots, and what is known of their registries."""

    registered: Registered | None = None
    state: object = None
    next_look: float = 0.0
    look: Future[None] | None = None


class RegistryMemory:
    """Opens the registries of depots once, and again when one of them has changed.

    Args:
        submit: what has work done elsewhere, in the order in which it comes. Without it,
            whoever asks waits.
        progress: told the share that is done of what takes long, and 1 when it ends.
        ready: told when there is something new to know; of what nobody waits for, too.
        patience: seconds between two looks at whether a registry has changed.
    """

    def __init__(
        self,
        submit: Callable[[Work], object] | None = None,
        *,
        progress: Progress | None = None,
        ready: Callable[[Registered], None] | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._submit = submit
        self._progress = progress
        self._ready = ready
        self._patience = patience
        self._lock = threading.Lock()
        self._places: dict[tuple[tuple[str, ...], Path | IndexFolder | None], _Place] = {}

    def look(self, depots: Sequence[str], cache: Path | IndexFolder | None) -> Registered | None:
        """Return the registries of *depots*, or None where they are not opened yet.

        Args:
            depots: the depots, nearest first.
            cache: the folder of our indexes; None keeps them in memory.
        """
        with self._lock:
            place = self._places.setdefault((tuple(depots), cache), _Place())
            is_due = place.look is None and time.monotonic() >= place.next_look
            if is_due:
                place.look = Future()
            look = place.look
        if is_due:
            _start(self._submit, partial(self._look, place, [Path(d) for d in depots], cache))
        if self._submit is None and look is not None:
            look.result()
        return place.registered

    def _look(
        self, place: _Place, depots: Sequence[Path], cache: Path | IndexFolder | None
    ) -> None:
        began = time.monotonic()
        took = 0.0
        try:
            state = find_registries(depots)
            took = time.monotonic() - began
            if place.registered is None or state != place.state:
                self._open(place, depots, cache)
                place.state = state
        finally:
            with self._lock:
                wait = self._patience * max(1.0, took / _QUICK_LOOK)
                place.next_look = time.monotonic() + wait
                look, place.look = place.look, None
            if look is not None:
                look.set_result(None)

    def _open(
        self, place: _Place, depots: Sequence[Path], cache: Path | IndexFolder | None
    ) -> None:
        told: list[float] = []

        def progress(share: float) -> None:
            told.append(share)
            if self._progress is not None:
                self._progress(share)

        try:
            registries = open_registries(depots, cache, progress)
        finally:
            if told and self._progress is not None:
                self._progress(1.0)
        is_news = place.registered is not None or registries != Registries((), ())
        registered = place.registered = Registered(registries, self._submit, self._ready)
        if is_news and self._ready is not None:
            self._ready(registered)
        if self._submit is not None and registries.found:
            registered.later("ecosystem", partial(_read_ecosystem, registries))


def _read_ecosystem(registries: Registries) -> Ecosystem:
    from precompass.registry.ecosystem import read_ecosystem

    ecosystem = read_ecosystem(registries.found)
    ecosystem.direct_dependents(PREFERENCES)  # the first question takes longer than the others
    return ecosystem


def _start(submit: Callable[[Work], object] | None, work: Work) -> None:
    if submit is None:
        work()
    else:
        submit(partial(_logged, work))


def _logged(work: Work) -> None:
    try:
        work()
    except Exception:
        logger.exception("The registries cannot be looked at.")
