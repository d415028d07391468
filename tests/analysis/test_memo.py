"""What is kept of answers: as much as there is room for."""

from __future__ import annotations

from precompass.memo import CHARACTERS, OF_EACH, Memo, memoised


def test_what_was_not_asked_for_the_longest_goes_first() -> None:
    memory: Memo[str, int] = Memo(room=10 + 2 * OF_EACH)
    for key, size in (("a", 4), ("b", 4)):
        memory.put(key, size, size)
    assert memory.get("a") == 4
    memory.put("c", 4, 4)
    assert (memory.get("a"), memory.get("b"), memory.get("c")) == (4, None, 4)


def test_the_newest_stays_however_large_and_takes_the_place_of_all_others() -> None:
    memory: Memo[str, int] = Memo(room=10 + 2 * OF_EACH)
    memory.put("a", 1, 1)
    memory.put("b", 2, 1_000)
    assert (memory.get("a"), memory.get("b")) == (None, 2)
    memory.put("c", 3, 1)
    assert (memory.get("b"), memory.get("c")) == (None, 3)


def test_a_value_takes_the_place_and_the_room_of_the_one_before() -> None:
    memory: Memo[str, int] = Memo(room=10 + 2 * OF_EACH)
    for _ in range(5):
        memory.put("a", 1, 5)
    memory.put("b", 2, 5)
    assert (memory.get("a"), memory.get("b")) == (1, 2)
    memory.clear()
    assert (memory.get("a"), memory.get("b")) == (None, None)


def test_an_answer_is_computed_once_while_there_is_room() -> None:
    computed = []

    @memoised(size=lambda answer, _: len(answer))
    def repeated(text: str, *, times: int = 1) -> str:
        computed.append(text)
        return text * times

    assert repeated("a", times=2) == repeated("a", times=2) == "aa"
    assert repeated("a") == "a"
    assert computed == ["a", "a"]
    repeated("b", times=CHARACTERS + 1)
    assert repeated("a") == "a"
    assert computed == ["a", "a", "b", "a"]
    repeated.cache_clear()
    assert repeated("a") == "a"
    assert computed == ["a", "a", "b", "a", "a"]


class Tree:
    """Something that others may hold."""


def test_an_answer_that_somebody_holds_is_not_computed_again() -> None:
    computed = []

    @memoised(size=lambda *_: CHARACTERS)
    def tree_of(text: str) -> Tree:
        computed.append(text)
        return Tree()

    held = tree_of("a")
    tree_of("b")  # takes all the room
    assert tree_of("a") is held
    tree_of("b")
    del held
    tree_of("a")
    assert computed == ["a", "b", "b", "a"]


def test_an_answer_may_be_none() -> None:
    computed = []

    @memoised(size=lambda *_: 1)
    def nothing(number: int) -> None:
        computed.append(number)

    nothing(1)
    nothing(1)
    assert computed == [1]


def test_many_small_values_are_not_kept_without_end() -> None:
    memory: Memo[int, str] = Memo(room=10 * OF_EACH)
    for key in range(100):
        memory.put(key, "", 0)
    assert [key for key in range(100) if memory.get(key) is not None] == list(range(90, 100))
