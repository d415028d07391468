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

import msgspec

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
_TYPE = rb"\$?(?:\(\w+\)|[\w\x80-\xff!.]+)(?:\{[^{}]*\}|\([^()]*(?:\([^()]*\)[^()]*)*\))?"
_SIZE = re.compile(
    rb"primitive[ \t]+type[ \t]+" + _TYPE + rb"(?:[ \t]*<:[ \t]*" + _TYPE + rb")?[ \t\n]+"
)
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
    """The size of a primitive type within ``begin`` and ``end``; all of it where calls hide it."""
    text = match[0]
    size = _SIZE.match(text)
    if size is None and b"(" in text:
        return text
    start = size.end() if size is not None else len(text) - 3
    return b"begin" + text[5:start].translate(_NO_WORDS) + text[start:]


_NO_WORDS = bytes(byte if byte == 10 else 32 for byte in range(256))
_OF_SUFFIX = (b"\xe2", b"\xe1", b"\xca", b"\xcb", b"\xc2", b"'")


class _Replacement(msgspec.Struct, frozen=True):
    """What is replaced, and by what.

    Attributes:
        needs: texts of which each place holds one: without them it need not be looked for.
        pattern: what is replaced; compiled when it is first looked for.
    """

    needs: tuple[bytes, ...]
    pattern: bytes
    change: Callable[[re.Match[bytes]], bytes]


_REPLACEMENTS: tuple[_Replacement, ...] = tuple(
    _Replacement(needs, pattern, change)
    for needs, pattern, change in (
        # var"#name"
        ((b'var"',), rb'(?<![\w!\x80-\xff])var"[^"\n\\]*"', _name),
        # Symbols: isexpr(x, :for), and not the range 1:end
        ((b":",), rb"(?<=[\s(\[{,=|&?!~;]:)(?:" + _KEYWORDS + rb")\b(?![!\"])", _name),
        # Words that are keywords in some places only, as names: macro public(x), where = 1
        ((b"public",), rb"\bpublic\b(?=[ \t]*(?:[,()\]}.]|=(?!=)|$))", _name),
        ((b"abstract", b"primitive"), rb"\b(?:abstract|primitive)\b(?![ \t]+type\b)", _name),
        ((b"mutable",), rb"\bmutable\b(?![ \t]+struct\b)", _name),
        ((b"where",), rb"(?<![:.])\bwhere\b(?=[ \t]*=(?!=))", _name),
        ((b"where",), rb"(?<=[(,])[ \t]*where(?=[ \t]*[,)])", _name),
        # Fields of structs: @atomic x::Int, const x::Int
        (
            (b"@atomic",),
            rb"(?:Base\.)?@atomic(?=[ \t]+(?:const[ \t]+)?" + _NAME + rb"[ \t]*(?:::|$|;))",
            _blank,
        ),
        (
            (b"const",),
            rb"^[ \t]*const(?=[ \t]+(?:@atomic[ \t]+)?" + _NAME + rb"[ \t]*(?:::[^=\n]*)?$)",
            _blank,
        ),
        ((b"const",), rb"\bconst(?=[ \t]+" + _NAME + rb"[ \t]*(?:::[^=\n]*)?$)", _blank),
        # const global x = 1
        ((b"global",), rb"(?<=\bconst)[ \t]+global\b", _blank),
        # a, = f()
        ((b", ",), rb"(?<=[\w!)\]\x80-\xff],) (?=[ \t]*=(?![=>]))", _name),
        ((b",=",), rb"(?<=[\w!)\]\x80-\xff]),(?==(?![=>]))", _blank),
        # import Base.@pure
        ((b"@",), rb"(?<=[\w!].)@(?=\w+[ \t]*(?:$|,|#))", _name),
        # import ..@m, import Base.(|>), using A: $, using .$name
        ((b".@",), rb"(?<=[. ]\.)@(?=\w+[ \t]*(?:$|,|#))", _name),
        ((b"import", b"using"), rb"^[ \t]*(?:import|using)\b[^\n#]*", _names_of_operators),
        ((b"$",), rb"\b(?:import|using)[ \t]+\.+\$(?=\w)", lambda match: match[0][:-1] + b"_"),
        # x!=y is no x! = y
        ((b"!=",), rb"(?<=[\w\x80-\xff])!(?==(?!=)|==(?!=))", lambda _: b"="),
        # @assert isa(x, T) "why"
        ((b"isa(",), rb"(?:@[\w.]+|[!(&|])[ \t]*isa(?=\()", lambda match: match[0][:-3] + b"___"),
        # (1 + 2)u"m", sind(a)b
        (
            (b")",),
            rb"(?<=\))(?!(?:" + _KEYWORDS + rb")\b)" + _NAME + rb"(?:\"[^\"\n]*\"|(?![\w(\"!']))",
            _blank,
        ),
        # a : b, and not the end of a ? b : c
        ((b" : ",), rb"^[^?\n\"]* : [^?\n]*$", _close_range),
        # x::@static if a … end
        (
            (b"::@static",),
            rb"::@static(?=[ \t]+if\b)",
            lambda match: b" ;" + b" " * (len(match[0]) - 2),
        ),
        # struct A{T} <: B{T} where {T}
        (
            (b"struct",),
            rb"^([ \t]*(?:mutable[ \t]+)?struct\b[^\n]*<:[^\n]*)\bwhere\b[^\n]*$",
            lambda match: match[1].ljust(len(match[0])),
        ),
        # ccall(f, &x)
        ((b"&",), rb"(?<=[(,=])&(?=\w)", _blank),
        # The character ', a space that does not break, a minus sign
        ((b"'''",), rb"(?<=[\s(,=])\'\'\'(?=[\s),;\]]|\Z)", lambda _: b"'_'"),
        ((b"\xc2\xa0",), rb"\xc2\xa0", _blank),
        ((b"\xe2\x88\x92",), rb"\xe2\x88\x92", lambda _: b"-  "),
        # Signs that are names: ∞, □, ⁺, digits of mathematics
        ((b"\xe2",), rb"\xe2\x88\x9e|\xe2\x96[\xa0-\xbf]|\xe2\x97[\x80-\xbf]", _name),
        ((b"\xf0\x9d\x9f",), rb"\xf0\x9d\x9f[\x8e-\xbf]", _name),
        ((b"\xe2",), rb"(?<=[:.(, ])\xe2(?:\x81[\xba-\xbe]|\x82[\x8a-\x8e])", _name),
        # function f end, primitive type T 8 end, in quoted code
        ((b"function",), rb"\bfunction(?=[ \t]+[$\w.!()]+[ \t]+end\b)", lambda _: b"begin   "),
        ((b"primitive",), rb"\bprimitive[ \t]+type\b[^;#@]{0,200}?\bend\b", _block),
        # f(a, ; b), f(a;)
        ((b";",), rb",(?=\s*;)", _blank),
        ((b";",), rb"(?<=[^(\s;]);(?=[ \t]*\))", _blank),
        # a[begin + 1]
        ((b"begin",), rb"(?<=[\[,:(+\-])begin(?=[ \t]*[-+:,\])*])", _name),
        # @nospecialize(x) -> x, do @nospecialize(x)
        ((b"@nospecialize",), rb"@nospecialize(?=\([^()\n]*\)[ \t]*->)", _blank),
        ((b"@nospecialize",), rb"(?<=\bdo )@nospecialize(?=\()", _blank),
        # do $x, do x, ::Int
        ((b"do $",), rb"(?<=\bdo )\$(?=[A-Za-z_(])", _blank),
        ((b", ::",), rb"(?<=, )::(?=[\w.]+[ \t]*(?:,|$))", _blank),
        # for (x) in xs, $(arguments) -> x
        ((b"for (",), rb"(?<=\bfor )\(\w+\)(?= in\b)", lambda match: b" " + match[0][1:-1] + b" "),
        ((b"$(",), rb"\$\([^()\n]*\)(?=[ \t]*->)", _name),
        # $$x
        ((b"$$",), rb"\$(?=\$[A-Za-z_(])", _blank),
        # \$ in a string
        ((b"\\$",), rb"\\\$", _name),
        # let $(bindings...)
        ((b"$(",), rb"(?<=\blet)[ \t](?=\$\()", lambda _: b";"),
        # <ₑ(a, b), a <ₑ b
        (_OF_SUFFIX, rb"(?<=[-+*/<>=])" + _SUFFIX + rb"+(?=\s*[\w\x80-\xff])", _blank),
        ((b"\xe2",), _OPERATOR + _SUFFIX + rb"+(?=\s*(?:[,)\]]|$|=>))", _name),
        ((b"\xe2",), rb"(?<=:)" + _OPERATOR + _SUFFIX + rb"+", _name),
        (_OF_SUFFIX, rb"[-+*/<>=]" + _SUFFIX + rb"+", _name),
    )
)


def prepared(data: bytes) -> bytes:
    """Return code of the same length in which the grammar understands more."""
    for one in _REPLACEMENTS:
        if any(text in data for text in one.needs):
            data = re.sub(one.pattern, one.change, data, flags=re.MULTILINE)
    return data
