"""Names that Julia code can write: which texts are identifiers, and which of these are reserved.

Source: ``jl_id_char`` in ``src/flisp/julia_extensions.c`` and ``Base.isidentifier``;
``reserved-words`` in ``src/julia-parser.scm``, Julia 1.6 to 1.14-dev.
"""

from __future__ import annotations

import re
from unicodedata import category

RESERVED = frozenset(
    {"baremodule", "begin", "break", "catch", "const", "continue", "do", "else", "elseif", "end"}
    | {"export", "false", "finally", "for", "function", "global", "if", "import", "let", "local"}
    | {"macro", "module", "quote", "return", "struct", "true", "try", "using", "while"}
)
"""The words that are never names, unless written ``var"end"``."""

_IDENTIFIER = re.compile(r"[^\x00-@\[-\^`{-\x7f][^\x00-\x20\x22-/:-@\[-\^`{-\x7f]*")
"""Of ASCII letters, digits, ``_`` and ``!``, no digit and no ``!`` first; and of other characters.

The classes say which of ASCII are left out: one that reaches up to the last character takes 5 ms to
compile.
"""
_MARKS = frozenset("!\u2032\u2033\u2034\u2035\u2036\u2037\u2057")
"""Of all punctuation: ``!`` and the primes."""


def is_identifier(text: str) -> bool:
    """Tell whether a text is an identifier of Julia, or a reserved word: ``Größe``, ``push!``.

    Outside of ASCII, blanks, control characters and punctuation are refused; of symbols, all are
    taken, although some are operators.
    """
    if _IDENTIFIER.fullmatch(text) is None:
        return False
    return text.isascii() or all(map(_is_of_names, text))


def _is_of_names(character: str) -> bool:
    """Tell whether a character can be in a name, apart from the first one."""
    kind = category(character)
    return kind[0] in "LMNS" or kind in ("Pc", "Cn") or character in _MARKS


def can_be_module(text: str) -> bool:
    """Tell whether ``using`` can name a package so: ``A!`` it can, ``end`` and ``a-b`` it cannot.

    ``Pkg.generate`` takes every identifier; no code loads a package with a reserved name.
    """
    return is_identifier(text) and text not in RESERVED
