"""Uses of macros and functions of packages whose source is not here.

A macro is handed the module that uses it, so it may read any preference of that package while it
expands, as DispatchDoctor's ``@stable`` does; a function that is handed a module may do the same.
Without the source of the other package nobody can tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from precompass.source.package_code import TRANSPARENT_MACROS
from precompass.source.package_files import Limits, PackageFiles
from precompass.source.syntax import (
    Call,
    Code,
    Function,
    FunctionKind,
    ImportStatement,
    JuliaSource,
    MacroCall,
    Module,
    Name,
    Quote,
    Site,
    parse_julia,
)

_C = TypeVar("_C", bound=Code)
# Macros of Base and of the standard libraries, which read no preferences for their user.
MACROS_OF_JULIA = TRANSPARENT_MACROS | frozenset(
    {"@__MODULE__", "@__DIR__", "@__FILE__", "@__LINE__", "@__FUNCTION__", "@__dot__", "@debug"}
    | {"@info", "@warn", "@error", "@logmsg", "@boundscheck", "@ccall", "@cfunction", "@cmd"}
    | {"@edit", "@enum", "@fieldtypes", "@gensym", "@goto", "@label", "@int128_str", "@uint128_str"}
    | {"@big_str", "@b_str", "@r_str", "@s_str", "@v_str", "@raw_str", "@html_str", "@text_str"}
    | {"@md_str", "@MIME_str", "@irrational", "@ntuple", "@nexprs", "@nloops", "@nref", "@opaque"}
    | {"@preserve", "@spawn", "@threadcall", "@timev", "@trace", "@which", "@functionloc", "@less"}
    | {"@code_lowered", "@code_typed", "@code_llvm", "@code_native", "@code_warntype", "@main"}
    | {"@showtime", "@allocations", "@lock_conflicts", "@noinline", "@world", "@assume_effects"}
    | {"@nall", "@nany", "@ncall", "@nextract", "@nif", "@setup_workload", "@compile_workload"}
    | {"@precompile_all_calls", "@precompile_setup", "@load_preference", "@has_preference"}
    | {"@test", "@testset", "@test_throws", "@test_broken", "@test_skip", "@test_logs", "@inferred"}
    | {
        "@distributed",
        "@spawnat",
        "@fetch",
        "@fetchfrom",
        "@everywhere",
        "@profile",
        "@artifact_str",
    }
    | {"@set_preferences!", "@delete_preferences!", "@label_str", "@require", "@printf", "@sprintf"}
)
FUNCTIONS_OF_JULIA = frozenset(
    {"isdefined", "parentmodule", "nameof", "pathof", "pkgdir", "pkgversion", "eval", "include"}
    | {"getfield", "getproperty", "getglobal", "setglobal!", "names", "invokelatest", "string"}
    | {"Symbol", "fullname", "moduleroot", "which", "methods", "isconst", "isexported", "ispublic"}
    | {"binding_module", "include_string", "include_dependency", "push!", "Ref", "print", "println"}
    | {"delete_method", "macroexpand", "functionloc", "isbindingresolved", "PkgId", "GlobalRef"}
    | {"load_preference", "has_preference", "get_uuid", "set_preferences!", "delete_preferences!"}
)


class AbsentUse(msgspec.Struct, frozen=True):
    """A macro or function of a package that is not here is used.

    Attributes:
        name: its name; a macro's begins with ``@``.
        packages: the packages that it may come from; one, where the code says which.
        site: where it is used.
    """

    name: str
    packages: tuple[str, ...]
    site: Site


class _Imports(msgspec.Struct):
    """What the files of a package import from those packages, and define themselves.

    Attributes:
        named: names that are imported, and the package of each.
        whole: the packages whose exports are seen.
        own: names that the package defines, or imports from elsewhere.
    """

    named: dict[str, str] = msgspec.field(default_factory=dict)
    whole: dict[str, None] = msgspec.field(default_factory=dict)
    own: set[str] = msgspec.field(default_factory=set)


def absent_uses(folder: Path, entry: Path, absent: frozenset[str]) -> tuple[AbsentUse, ...]:
    """Return where a package uses macros of absent packages, or hands them a module.

    Args:
        folder: of the package.
        entry: the file with its module; what is beside and below it is its source.
        absent: the names of the packages whose source is not here.
    """
    files = PackageFiles(folder, Limits())
    below = files.julia_files(entry.parent) if entry.parent != folder else [entry]
    texts = {path: data for path in below if (data := files.read(path)) is not None}
    words = re.compile(rb"\b(?:" + b"|".join(re.escape(one.encode()) for one in absent) + rb")\b")
    if not absent or not any(words.search(data) for data in texts.values()):
        return ()
    sources = [parse_julia(path, data) for path, data in texts.items()]
    imports = _Imports()
    modules = frozenset(one.name for source in sources for one in _all(source, Module) if one.name)
    for source in sources:
        _note_imports(source, absent, imports)
    found: dict[tuple[str, tuple[str, ...]], AbsentUse] = {}
    for use in (one for source in sources for one in _uses(source, absent, imports, modules)):
        found.setdefault((use.name, use.packages), use)
    return tuple(found.values())


def _note_imports(source: JuliaSource, absent: frozenset[str], imports: _Imports) -> None:
    for statement in _all(source, ImportStatement):
        for item in statement.items:
            package = item.path.names[0] if item.path.dots == 0 else ""
            for one in item.selected or ():
                if package in absent:
                    imports.named[one.alias] = package
                else:
                    imports.own.add(one.alias)
            if item.selected is None and package in absent and statement.is_using:
                imports.whole[package] = None
            if item.alias is not None and package in absent:
                imports.named[item.alias] = package
    for function in _all(source, Function):
        if function.kind in {FunctionKind.MACRO, FunctionKind.LONG, FunctionKind.SHORT}:
            imports.own.update((function.names or ("",))[-1:])


def _uses(
    source: JuliaSource, absent: frozenset[str], imports: _Imports, modules: frozenset[str]
) -> Iterator[AbsentUse]:
    for macro in _all(source, MacroCall):
        packages = _packages(macro.names, absent, imports)
        if macro.names is not None and packages and macro.names[-1] not in MACROS_OF_JULIA:
            yield AbsentUse(macro.names[-1], packages, macro.site)
    for call in _all(source, Call):
        packages = _packages(call.names, absent, imports)
        of_julia = call.names is not None and call.names[-1] in FUNCTIONS_OF_JULIA
        if call.names is not None and packages and not of_julia and _hands_module(call, modules):
            yield AbsentUse(call.names[-1], packages, call.site)


def _packages(
    names: tuple[str, ...] | None, absent: frozenset[str], imports: _Imports
) -> tuple[str, ...]:
    """Return the absent packages that a name may come from."""
    if names is None:
        return ()
    first = names[0]
    if len(names) > 1:
        package = imports.named.get(first, first)
        return (package,) if package in absent else ()
    if first in imports.named:
        return (imports.named[first],)
    return () if first in imports.own else tuple(imports.whole)


def _hands_module(call: Call, modules: frozenset[str]) -> bool:
    """Tell whether a call hands over a module of the package, or something made of one.

    ``@__MODULE__``, the module's name, or a call with one of these: ``PkgId(@__MODULE__).uuid``.
    """
    arguments = (*call.positional, *(item.value for item in call.keywords))
    if any(_names_module(item, modules) for item in arguments):
        return True
    code = (Function, Quote)  # what runs later, or elsewhere
    return any(
        macro.names == ("@__MODULE__",)
        for item in arguments
        for macro in item.search(MacroCall, skip=code)
    ) or any(
        _names_module(argument, modules)
        for item in arguments
        for inner in item.search(Call, skip=code)
        for argument in inner.positional
    )


def _names_module(code: Code, modules: frozenset[str]) -> bool:
    return isinstance(code, Name) and len(code.names) == 1 and code.names[0] in modules


def _all(source: JuliaSource, kind: type[_C]) -> Iterable[_C]:
    return (code for statement in source.statements for code in statement.search(kind))
