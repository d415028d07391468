"""Code that looks up a function by a name that it computes, and may call it."""

from __future__ import annotations

import re

from precompass.source.package_code import PackageCode
from precompass.source.syntax import (
    Call,
    Code,
    Function,
    Interpolation,
    JuliaSource,
    MacroCall,
    Name,
    Quote,
    String,
)

NAME_LOOKUPS = frozenset({"getfield", "getproperty", "getglobal"})
_LOOKUP = re.compile(rb"\bget(?:field|property|global)\(")
_NAMES_MODULE = re.compile(rb"(?i)^m$|mod(?:ule)?\b")


def looks_up_names(code: PackageCode) -> bool:
    """Tell whether code of a package looks up names in a module, or calls what it splices in."""
    modules = frozenset(module.name for module in code.modules())
    return any(_looks_up(source, modules) for source in code.sources.values())


def is_module_name(code: Code) -> bool:
    """Tell whether an expression is likely to be a module, by its text."""
    return _NAMES_MODULE.search(code.data) is not None


def _looks_up(source: JuliaSource, modules: frozenset[str]) -> bool:
    if _LOOKUP.search(source.data):
        for statement in source.statements:
            for call in statement.search(Call):
                if _is_lookup(call, modules) or _calls_lookup(call):
                    return True
    return b"@eval" in source.data and any(
        isinstance(call.callee, Interpolation)
        for statement in source.statements
        for macro in statement.search(MacroCall, skip=(Function,))
        if macro.names is not None and macro.names[-1] == "@eval"
        for argument in macro.arguments
        for call in argument.search(Call, skip=(Function, Quote))
    )


def _is_lookup(call: Call, modules: frozenset[str]) -> bool:
    """Tell whether a call looks up a computed name in a module: ``getfield(Foo, name)``."""
    if call.names is None or call.names[-1] not in NAME_LOOKUPS or len(call.positional) < 2:
        return False
    first, second = call.positional[:2]
    if isinstance(second, String) or (isinstance(second, Quote) and second.symbol is not None):
        return False
    is_own = isinstance(first, Name) and first.names[-1] in modules
    return is_own or is_module_name(first)


def _calls_lookup(call: Call) -> bool:
    """Tell whether what is looked up is called at once: ``getfield(x, name)()``."""
    inner = call.callee
    is_call = isinstance(inner, Call) and inner.names is not None and len(inner.positional) > 1
    return (
        isinstance(inner, Call)
        and is_call
        and (inner.names or ("",))[-1] in NAME_LOOKUPS
        and not isinstance(inner.positional[1], Quote | String)
    )
