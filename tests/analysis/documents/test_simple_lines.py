"""Lines in simple forms are read without a tree of their syntax, and to the same effect."""

from __future__ import annotations

import random
import tracemalloc
from typing import Any

import pytest

from precompass.documents import simple_lines
from precompass.documents.toml import Array, Node, Scalar, TomlDocument

PIECES = (
    "[deps]\n", "[[deps.A]]\n", "[[deps.A]]\r\n", "[[deps.B]]\n", "[deps.A]\n", "[deps.A.deps]\n",
    "  [deps]\n", "[deps] # here\n", "[ deps ]\n", '["deps"]\n', "[[deps]\n", "[deps]]\n", "[deps]",
    "[a.b.c.d.e.f.g.h.i.j]\n", "[a.b.c.d.e.f.g.h.i.j.k]\n", "[[deps.A]]", "\n", "   \n", "\r\n",
    'a = "b"\n', 'a = "c"\n', 'a = "b"\r\n', 'a="b"\n', 'a   =   "b"   \n', 'a = "b"', "a = \n",
    'b = ["x", "y"]\n', 'b = ["x","y",]\n', 'b = [ "x" ]\n', 'b = ["x",\n"y"]\n', 'b = ["x" "y"]\n',
    "b = []\n", "c = true\n", "c = 0\n", "c = 01\n", "c = 17\n", "c = -1\n", "c = 1_000\n",
    "c = 123456789012345678901\n", "c = 0x10\n", "c = 1.5\n", "c = 1979-05-27\n", "c = 12:30\n",
    "true = 1\n", "inf = 1\n", "1 = 1\n", "g.h = 1\n", "f = {x = 1}\n", '"q" = "é"\n', "s = 's'\n",
    'z = "a\\tb"\n', 'k = """\na = "b"\n[x]\n"""\n', 'u = "\x7f"\n', 'r = "a\rb"\n', "] = [\n",
    "# a comment\n", "  # farther in\n", "# é\n", "#\x01\n", "#", "# a comment", "c = 1 # behind\n",
)  # fmt: skip
ENTRY = (
    '[[deps.P{0}]]\ndeps = ["P{1}", "P{2}"]\ngit-tree-sha1 = "{0:040x}"\n'
    'uuid = "{0:08x}-0000-4000-8000-000000000000"\nversion = "1.{0}.0"\n\n'
)


def described(text: str) -> dict[str, Any]:
    """All that is read of a text, with its places."""
    document = TomlDocument(text)
    return {
        "root": node(document.root),
        "values": document.values,
        "faults": document.faults,
        "comments": document.comments,
        "newer": document.newer_syntax,
        "unread": document.unread_from,
    }


def node(of: Node) -> tuple[Any, ...]:
    if isinstance(of, Scalar):
        return type(of.value), of.value, of.span
    if isinstance(of, Array):
        return [node(item) for item in of.items], of.span, of.of_headers
    entries = [
        (name, one.key, node(one.node), one.statement, one.path) for name, one in of.entries.items()
    ]
    return entries, of.span, of.form, of.header


def by_the_tree(text: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The same, if no line has a simple form."""
    with monkeypatch.context() as patched:
        for name in ("blocks", "block_at", "pair_at"):
            patched.setattr(simple_lines, name, lambda *_: None)
        return described(text)


@pytest.mark.parametrize("piece", PIECES, ids=repr)
def test_each_line_is_read_as_the_tree_reads_it(
    piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in (piece, f"[deps]\n{piece}", f"[[deps.A]]\n{piece}b = 1\n", f"] = [\n{piece}"):
        assert described(text) == by_the_tree(text, monkeypatch)


@pytest.mark.parametrize("seed", range(8))
def test_lines_together_are_read_as_the_tree_reads_them(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(seed)
    for _ in range(60):
        text = "".join(rng.choices(PIECES, k=rng.randrange(2, 20)))
        assert described(text) == by_the_tree(text, monkeypatch), repr(text)


@pytest.mark.parametrize(
    ("text", "many"),
    [
        ('a = "b"\n', 1),
        ('# Pkg\n\njulia_version = "1.11.2"\n\n[[deps.A]]\ndeps = ["B"]\n\n[[deps.B]]\n', 3),
        ("[deps]\r\na = 1\r\n", 1),
    ],
)
def test_what_pkg_writes_is_simple(text: str, many: int) -> None:
    blocks = simple_lines.blocks(text.encode())
    assert blocks is not None
    assert len(blocks) == many


@pytest.mark.parametrize("text", ["a.b = 1\n", 'a = "é"\n', " a = 1\n", "a = {}\n", "[a]\n#"])
def test_all_else_is_left_to_the_tree(text: str) -> None:
    assert simple_lines.blocks(text.encode()) is None


@pytest.mark.parametrize("more", ["", "[[deps.", "[[deps.P1]]\nf = {x = 1}\n"])
def test_a_manifest_holds_few_times_its_text(more: str) -> None:
    text = "".join(ENTRY.format(n, n // 2, n // 3) for n in range(400)) + more
    tracemalloc.start()
    try:
        document = TomlDocument(text)
        assert document.root.table("deps") is not None
        assert document.values["deps"]
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 30 * len(text)
