r"""Where Julia's own TOML parser takes another text than TOML does.

Source: ``base/toml_parser.jl`` of Julia 1.6 to 1.12 (commit 0211c833), and the exceptions that
``stdlib/TOML/test/toml_test.jl`` makes of toml-test, before TOML 1.1 (01b1d80f) and with it
(6580bd5d of a fork of 1.14-DEV). Not followed: a ``\U`` with six or seven digits, which Julia
reads up to 1.12 (one with eight has the same value in all), and keys in three quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from precompass.documents.toml import Array, Fault, Node, Scalar, TomlDocument, parse_toml

_MAY_HAVE_OFFSET = re.compile(
    r":(?<=[0-9]{2}:)[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:[+-][0-9]{2}:|z)"
)
"""It begins with a colon: few texts have one, and those without are searched at once."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def refused(document: TomlDocument) -> Iterator[Fault]:
    """Yield what is valid TOML and an error for every Julia: a date-time with an offset.

    Julia has no type for it. It takes ``Z``, which it ignores, and no ``z``.
    """
    if _MAY_HAVE_OFFSET.search(document.text) is None:
        return
    for scalar in _scalars(document.root):
        if isinstance(scalar.value, datetime) and scalar.value.tzinfo is not None:
            written = document.text[scalar.span.start : scalar.span.end]
            if not written.endswith("Z"):
                yield Fault(scalar.span, "Julia does not read a date-time with an offset")


def accepts(document: TomlDocument, fault: Fault, *, before_toml_1_1: bool) -> bool:
    """Tell whether Julia reads a text in spite of a fault.

    Args:
        document: the text.
        fault: what is wrong with it as TOML.
        before_toml_1_1: whether it is a Julia that reads TOML 1.0, and that not strictly.
    """
    if fault.reopens_dotted:
        return before_toml_1_1
    if _CONTROL.match(document.text, fault.span.start) is None:
        return False
    # A letter does as well in a string or a comment, and nowhere else.
    return not parse_toml(_CONTROL.sub("x", document.text)).faults


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Array):
        for item in node.items:
            yield from _scalars(item)
    else:
        for entry in node.entries.values():
            yield from _scalars(entry.node)
