"""Julia code that the parser's grammar does not know, written so that it does.

The grammar (tree-sitter-julia 0.23.1) takes valid code for broken: ``macro public(x)``, the
symbol ``:for``, ``const x::Int`` in a struct, and more; and what it then skips may be most of a
file. Here such code is replaced by code of the same shape and the same length. So each place in
the tree is the same place in the file, whose own text tells every name and every string; it does
no harm if something in a string or a comment is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_KEYWORDS = (
    rb"abstract|baremodule|begin|break|catch|const|continue|do|else|elseif|end|export|finally|for"
    rb"|function|global|if|import|in|isa|let|local|macro|module|mutable|outer|primitive|public"
    rb"|quote|return|struct|try|type|using|where|while"
)
_NAME = rb"[A-Za-z_\x80-\xff][\w!\x80-\xff]*"
_SUFFIX = (  # U+2080 to U+209C, and the raised and lowered letters, primes and digits
    rb"(?:\xe2\x82[\x80-\x9c]|\xe1\xb5[\xa2-\xaa]|\xe2\xb1\xbc|\xca[\xb0-\xb8]|\xcb[\xa1-\xa3]"
    rb"|\xe1\xb4[\xac-\xbf]|\xe1\xb5[\x80-\xa1]|\xe2\x81[\xb0-\xbf]|\xc2[\xb2\xb3\xb9]|'(?='))"
)

_OPERATOR = rb"\xe2(?:\x88[\x96-\x99]|\x8b[\x84-\x87]|\x8a[\x93-\xa1])"  # ⋅, ⊗ and the like
_OPERATOR_NAME = re.compile(rb"(?<=[,:. \t])(?:\$|[-+*/^%<>|=~&!\\]+)(?=[ \t]*(?:,|$))")
_BEFORE = 400  # bytes in which a choice may have begun
_QUALIFIED_OPERATOR = re.compile(rb"(?<=\w\.)\([^\w\s()]+\)")


def _blank(match: re.Match[bytes]) -> bytes:
    return b" " * len(match[0])


def _name(match: re.Match[bytes]) -> bytes:
    """A name of the same length."""
    return b"_" * len(match[0])


def _names_of_operators(match: re.Match[bytes]) -> bytes:
    """An import with names in the place of operators."""
    return _OPERATOR_NAME.sub(_name, _QUALIFIED_OPERATOR.sub(_name, match[0]))


def _close_range(match: re.Match[bytes]) -> bytes:
    """A line with its ranges written close together; as it is where a choice began before."""
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    return match[0] if b"?" in before else match[0].replace(b" : ", b":  ")


def _block(match: re.Match[bytes]) -> bytes:
    """The same within ``begin`` and ``end``."""
    return b"begin" + match[0][5:-3].translate(_NO_WORDS) + b"end"


_NO_WORDS = bytes(byte if byte == 10 else 32 for byte in range(256))
_REPLACEMENTS: tuple[tuple[re.Pattern[bytes], Callable[[re.Match[bytes]], bytes]], ...] = tuple(
    (re.compile(pattern, re.MULTILINE), change)
    for pattern, change in (
        # var"#name"
        (rb'(?<![\w!\x80-\xff])var"[^"\n\\]*"', _name),
        # Symbols: isexpr(x, :for), and not the range 1:end
        (rb"(?<=[\s(\[{,=|&?!~;]:)(?:" + _KEYWORDS + rb")\b(?![!\"])", _name),
        # Words that are keywords in some places only, as names: macro public(x), where = 1
        (rb"\bpublic\b(?=[ \t]*(?:[,()\]}.]|=(?!=)|$))", _name),
        (rb"\b(?:abstract|primitive)\b(?![ \t]+type\b)", _name),
        (rb"\bmutable\b(?![ \t]+struct\b)", _name),
        (rb"(?<![:.])\bwhere\b(?=[ \t]*=(?!=))", _name),
        (rb"(?<=[(,])[ \t]*where(?=[ \t]*[,)])", _name),
        # Fields of structs: @atomic x::Int, const x::Int
        (rb"(?:Base\.)?@atomic(?=[ \t]+(?:const[ \t]+)?" + _NAME + rb"[ \t]*(?:::|$|;))", _blank),
        (rb"^[ \t]*const(?=[ \t]+(?:@atomic[ \t]+)?" + _NAME + rb"[ \t]*(?:::[^=\n]*)?$)", _blank),
        (rb"\bconst(?=[ \t]+" + _NAME + rb"[ \t]*(?:::[^=\n]*)?$)", _blank),
        # const global x = 1
        (rb"(?<=\bconst)[ \t]+global\b", _blank),
        # a, = f()
        (rb"(?<=[\w!)\]\x80-\xff],) (?=[ \t]*=(?![=>]))", _name),
        (rb"(?<=[\w!)\]\x80-\xff]),(?==(?![=>]))", _blank),
        # import Base.@pure
        (rb"(?<=[\w!].)@(?=\w+[ \t]*(?:$|,|#))", _name),
        # import ..@m, import Base.(|>), using A: $, using .$name
        (rb"(?<=[. ]\.)@(?=\w+[ \t]*(?:$|,|#))", _name),
        (rb"^[ \t]*(?:import|using)\b[^\n#]*", _names_of_operators),
        (rb"\b(?:import|using)[ \t]+\.+\$(?=\w)", lambda match: match[0][:-1] + b"_"),
        # x!=y is no x! = y
        (rb"(?<=[\w\x80-\xff])!(?==(?!=)|==(?!=))", lambda _: b"="),
        # @assert isa(x, T) "why"
        (rb"(?:@[\w.]+|[!(&|])[ \t]*isa(?=\()", lambda match: match[0][:-3] + b"___"),
        # (1 + 2)u"m", sind(a)b
        (
            rb"(?<=\))(?!(?:" + _KEYWORDS + rb")\b)" + _NAME + rb"(?:\"[^\"\n]*\"|(?![\w(\"!']))",
            _blank,
        ),
        # a : b, and not the end of a ? b : c
        (rb"^[^?\n\"]* : [^?\n]*$", _close_range),
        # x::@static if a … end
        (rb"::@static(?=[ \t]+if\b)", lambda match: b" ;" + b" " * (len(match[0]) - 2)),
        # struct A{T} <: B{T} where {T}
        (
            rb"^([ \t]*(?:mutable[ \t]+)?struct\b[^\n]*<:[^\n]*)\bwhere\b[^\n]*$",
            lambda match: match[1].ljust(len(match[0])),
        ),
        # ccall(f, &x)
        (rb"(?<=[(,=])&(?=\w)", _blank),
        # The character ', a space that does not break, a minus sign
        (rb"(?<=[\s(,=])\'\'\'(?=[\s),;\]]|\Z)", lambda _: b"'_'"),
        (rb"\xc2\xa0", _blank),
        (rb"\xe2\x88\x92", lambda _: b"-  "),
        # Signs that are names: ∞, □, ⁺, digits of mathematics
        (rb"\xe2\x88\x9e|\xe2\x96[\xa0-\xbf]|\xe2\x97[\x80-\xbf]", _name),
        (rb"\xf0\x9d\x9f[\x8e-\xbf]", _name),
        (rb"(?<=[:.(, ])\xe2(?:\x81[\xba-\xbe]|\x82[\x8a-\x8e])", _name),
        # function f end, primitive type T 8 end, in quoted code
        (rb"\bfunction(?=[ \t]+[$\w.!()]+[ \t]+end\b)", lambda _: b"begin   "),
        (rb"\bprimitive[ \t]+type\b[^;#@]{0,200}?\bend\b", _block),
        # f(a, ; b), f(a;)
        (rb",(?=\s*;)", _blank),
        (rb"(?<=[^(\s;]);(?=[ \t]*\))", _blank),
        # a[begin + 1]
        (rb"(?<=[\[,:(+\-])begin(?=[ \t]*[-+:,\])*])", _name),
        # @nospecialize(x) -> x, do @nospecialize(x)
        (rb"@nospecialize(?=\([^()\n]*\)[ \t]*->)", _blank),
        (rb"(?<=\bdo )@nospecialize(?=\()", _blank),
        # do $x, do x, ::Int
        (rb"(?<=\bdo )\$(?=[A-Za-z_(])", _blank),
        (rb"(?<=, )::(?=[\w.]+[ \t]*(?:,|$))", _blank),
        # for (x) in xs, $(arguments) -> x
        (rb"(?<=\bfor )\(\w+\)(?= in\b)", lambda match: b" " + match[0][1:-1] + b" "),
        (rb"\$\([^()\n]*\)(?=[ \t]*->)", _name),
        # $$x
        (rb"\$(?=\$[A-Za-z_(])", _blank),
        # \$ in a string
        (rb"\\\$", _name),
        # let $(bindings...)
        (rb"(?<=\blet)[ \t](?=\$\()", lambda _: b";"),
        # <ₑ(a, b), a <ₑ b
        (rb"(?<=[-+*/<>=])" + _SUFFIX + rb"+(?=\s*[\w\x80-\xff])", _blank),
        (_OPERATOR + _SUFFIX + rb"+(?=\s*(?:[,)\]]|$|=>))", _name),
        (rb"(?<=:)" + _OPERATOR + _SUFFIX + rb"+", _name),
        (rb"[-+*/<>=]" + _SUFFIX + rb"+", _name),
    )
)


def prepared(data: bytes) -> bytes:
    """Return code of the same length in which the grammar understands more."""
    for pattern, change in _REPLACEMENTS:
        data = pattern.sub(change, data)
    return data
