"""What is kept of answers: as much as there is room for."""

from __future__ import annotations

import gc
from pathlib import Path
from weakref import ReferenceType, ref

from precompass.julia.project import parse_project
from precompass.memo import CHARACTERS, OF_EACH, VERSIONS, Memo, kept_with, memoised


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


def test_room_is_made_before_an_answer_is_computed_where_its_size_is_known() -> None:
    trees: list[ReferenceType[Tree]] = []
    alive: list[int] = []

    @memoised(size=lambda _, __, size: size, of=lambda name, _: name, ahead=lambda _, size: size)
    def tree_of(_: str, __: int) -> Tree:
        alive.append(sum(tree() is not None for tree in trees))
        tree = Tree()
        trees.append(ref(tree))
        return tree

    third = CHARACTERS // 3 - OF_EACH
    for name in ("a", "b", "c", "d"):
        tree_of(name, third)
    assert alive == [0, 1, 2, 2]
    tree_of("e", 2 * CHARACTERS)
    assert alive[-1] == 0
    for version in range(VERSIONS + 2):
        tree_of("f", version)
    assert alive[-1] == VERSIONS - 1


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


def test_few_versions_of_one_thing_are_kept() -> None:
    memory: Memo[int, str] = Memo()
    for key in range(2 * VERSIONS):
        memory.put(key, "", 0, of="a file")
        memory.put(-1 - key, "", 0)
    kept = [key for key in range(2 * VERSIONS) if memory.get(key) is not None]
    assert kept == list(range(VERSIONS, 2 * VERSIONS))
    assert all(memory.get(-1 - key) is not None for key in range(2 * VERSIONS))


def test_the_version_that_was_not_asked_for_the_longest_goes_first() -> None:
    memory: Memo[int, str] = Memo()
    for key in range(VERSIONS):
        memory.put(key, "", 0, of="a file")
    assert memory.get(0) is not None
    memory.put(VERSIONS, "", 0, of="a file")
    assert (memory.get(0), memory.get(1)) == ("", None)


def test_a_version_that_went_for_want_of_room_is_none_any_more() -> None:
    memory: Memo[int, str] = Memo(room=10 + 2 * OF_EACH)
    memory.put(0, "", 0, of="a file")
    memory.put(1, "", CHARACTERS)
    for key in range(2, 3 + VERSIONS):
        memory.put(key, "", 0, of="a file")
    assert memory.get(2 + VERSIONS) == ""
    memory.clear()
    memory.put(0, "", 0, of="a file")
    assert memory.get(0) == ""


def test_an_answer_goes_with_what_it_is_about() -> None:
    computed = []

    @kept_with
    def label(tree: Tree) -> str:
        computed.append(tree)
        return "a tree"

    tree = Tree()
    assert label(tree) == label(tree) == "a tree"
    assert len(computed) == 1
    computed.clear()
    gone = ref(tree)
    del tree
    assert gone() is None


def test_few_answers_about_one_thing_are_kept() -> None:
    computed = []

    @kept_with
    def label(_: Tree, number: int, *, plural: bool) -> str:
        computed.append(number)
        return f"{number} trees" if plural else f"tree {number}"

    tree = Tree()
    for number in range(VERSIONS):
        assert label(tree, number, plural=True) == f"{number} trees"
        assert label(tree, number, plural=True) == f"{number} trees"
    assert computed == list(range(VERSIONS))
    assert label(tree, 0, plural=False) == "tree 0"
    computed.clear()
    assert label(tree, VERSIONS - 1, plural=True) == f"{VERSIONS - 1} trees"
    assert label(tree, 0, plural=True) == "0 trees"
    assert computed == [0]


def test_the_texts_of_a_file_that_is_edited_are_not_all_kept() -> None:
    path = Path("/nowhere/Project.toml")
    projects = [ref(parse_project(path, f'name = "A{number}"\n')) for number in range(50)]
    gc.collect()
    kept = [number for number, project in enumerate(projects) if project() is not None]
    assert kept == list(range(50 - VERSIONS, 50))
