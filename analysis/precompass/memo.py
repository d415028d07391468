"""Answers that are kept, as long as there is room for what they hold.

A text that is being edited is another one at every keystroke, and an answer about it holds all
of it. So what is kept is bounded by how much text that is, not by how many answers there are. For
one file, only the answers about its newest texts are kept. An answer about something large that is
kept itself goes with it (:func:`kept_with`): each memory of its own would hold another text of a
file that is edited.
"""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar
from weakref import WeakKeyDictionary, WeakValueDictionary

P = ParamSpec("P")
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

CHARACTERS = 250_000
"""Of all texts about which an answer of one kind is kept; that takes some 8 MB.

A manifest of 200 packages has 50,000, and one of 671 has 113,000: two of them are compared.
"""
OF_EACH = 2_000
"""What is added to the size of each: a text of ten characters, too, has a tree and tables."""


VERSIONS = 4
"""Of one file: as it is, as it is on disk, and before and behind a change that is taken back."""


class Memo(Generic[Key, Value]):
    """Values by key; those that were not asked for the longest go first.

    Args:
        room: the sum of the sizes of what is kept, with :data:`OF_EACH` for each. The newest value
            stays, however large.
    """

    def __init__(self, room: int = CHARACTERS) -> None:
        self._room = room
        self._free = room
        self._values: OrderedDict[Key, tuple[Value, int, Hashable]] = OrderedDict()
        self._versions: dict[Hashable, OrderedDict[Key, None]] = {}
        self._lock = threading.Lock()

    def get(self, key: Key) -> Value | None:
        """Return the value of a key, or None if it is not kept."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            if found[2] is not None:
                self._versions[found[2]].move_to_end(key)
            return found[0]

    def put(self, key: Key, value: Value, size: int, of: Hashable = None) -> None:
        """Keep a value of some size instead of the one before, and let go of what is too much.

        Args:
            key: by which it is found again.
            value: the value.
            size: how much it holds.
            of: what it is about: of one thing at most :data:`VERSIONS` are kept.
        """
        with self._lock:
            size += OF_EACH
            self._drop(key)
            self._values[key] = value, size, of
            self._free -= size
            if of is not None:
                versions = self._versions.setdefault(of, OrderedDict())
                versions[key] = None
                if len(versions) > VERSIONS:
                    self._drop(next(iter(versions)))
            while self._free < 0 and len(self._values) > 1:
                self._drop(next(iter(self._values)))

    def make_room(self, size: int, of: Hashable = None) -> None:
        """Let go of what would be too much with a further value of some size; see :meth:`put`."""
        with self._lock:
            versions = self._versions.get(of)
            if versions is not None and len(versions) >= VERSIONS:
                self._drop(next(iter(versions)))
            while self._values and self._free < size + OF_EACH:
                self._drop(next(iter(self._values)))

    def _drop(self, key: Key) -> None:
        found = self._values.pop(key, None)
        if found is None:
            return
        self._free += found[1]
        versions = self._versions.get(found[2])
        if versions is not None:
            del versions[key]
            if not versions:
                del self._versions[found[2]]

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._values.clear()
            self._versions.clear()
            self._free = self._room


class MemoisedFunction(Generic[P, Value]):
    """A function that keeps what it returns. Made by :func:`memoised`.

    An answer that there was no room for is found again as long as somebody else holds it: a large
    text has one tree, and not another one in each answer about it.

    Args:
        function: computes an answer.
        size: returns how much an answer to some arguments holds, in characters of text.
        of: returns what an answer to some arguments is about.
        ahead: returns the size before there is an answer, if the arguments alone tell it.
    """

    def __init__(
        self,
        function: Callable[P, Value],
        size: Callable[..., int],
        of: Callable[..., Hashable],
        ahead: Callable[..., int] | None,
    ) -> None:
        self._function = function
        self._size = size
        self._of = of
        self._ahead = ahead
        self._answers: Memo[Hashable, tuple[Value]] = Memo()
        self._held: WeakValueDictionary[Hashable, Any] = WeakValueDictionary()
        functools.update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Value:
        """Return the answer to these arguments; the same ones are not computed twice."""
        key = (args, *kwargs.items())
        found = self._answers.get(key)
        if found is None:
            held = self._held.get(key)
            if held is None and self._ahead is not None:
                self._answers.make_room(self._ahead(*args), self._of(*args))
            found = (self._function(*args, **kwargs) if held is None else held,)
            self._answers.put(key, found, self._size(found[0], *args), self._of(*args))
            if held is None and type(found[0]).__weakrefoffset__:
                self._held[key] = found[0]
        return found[0]

    def cache_clear(self) -> None:
        """Let go of everything."""
        self._answers.clear()
        self._held.clear()


class _Keeping(Protocol):
    def __call__(self, function: Callable[P, Value], /) -> MemoisedFunction[P, Value]: ...


def memoised(
    size: Callable[..., int],
    of: Callable[..., Hashable] = lambda *_: None,
    ahead: Callable[..., int] | None = None,
) -> _Keeping:
    """Let a function keep what it returns, within :data:`CHARACTERS`.

    Args:
        size: returns how much is kept with an answer, in characters of text, given the answer and
            the positional arguments: they are kept too, and may hold far more than the answer.
        of: returns what an answer is about, given the positional arguments; of one thing at most
            :data:`VERSIONS` answers are kept.
        ahead: returns the size given the positional arguments alone, where they tell it: then room
            is made before an answer is computed, which may take as much as what has to go.
    """

    def decorate(function: Callable[P, Value]) -> MemoisedFunction[P, Value]:
        return MemoisedFunction(function, size, of, ahead)

    return decorate


def kept_with(
    function: Callable[Concatenate[Key, P], Value],
) -> Callable[Concatenate[Key, P], Value]:
    """Let a function about one object keep each answer for as long as the object is there.

    The answer must not hold the object: neither would ever go. Of one object at most
    :data:`VERSIONS` answers are kept, one for each set of further arguments.
    """
    answers: WeakKeyDictionary[Key, dict[Hashable, tuple[Value]]] = WeakKeyDictionary()

    @functools.wraps(function)
    def kept(about: Key, /, *args: P.args, **kwargs: P.kwargs) -> Value:
        further = (args, *kwargs.items())
        known = answers.get(about)
        if known is None:
            known = answers[about] = {}
        found = known.get(further)
        if found is None:
            found = (function(about, *args, **kwargs),)
            if len(known) >= VERSIONS:
                del known[next(iter(known))]
            known[further] = found
        return found[0]

    return kept
