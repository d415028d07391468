"""The modules of a package: what is defined in each, what it imports, and what a name means.

Names are looked up as Julia does (manual, "Modules"): a module sees its own definitions, what
it imports by name, and what the modules that it is ``using`` export; not what the module
around it sees.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from precompass.source.preference_conditions import PreferenceTest
from precompass.source.syntax import (
    Argument,
    Code,
    Function,
    ImportPath,
    Signature,
    Site,
    name_of,
)
from precompass.source.values import Value

_MAX_LOOKUPS = 30  # steps from one name to the next (imports of imports, aliases of aliases)


class Condition(msgspec.Struct, frozen=True, cache_hash=True):
    """A place where the code chooses, and the way that was taken there.

    Attributes:
        site: where the choice is.
        arm: the number of the way taken.
        arms: how many there are, one of which is always taken; 0 where none may be taken.
        text: the condition, for people.
        workload: whether the condition is "this package's workload is switched on".
        unfollowed: whether it is that code runs of which the source does not say that it does.
        tests: what has to hold of the package's own preferences for it, as far as is known.
    """

    site: Site
    arm: int
    arms: int
    text: str
    workload: bool = False
    unfollowed: bool = False
    tests: tuple[PreferenceTest, ...] = ()

    @property
    def elsewhere(self) -> Condition:
        """The same for another package, which has other preferences."""
        return replace(self, tests=()) if self.tests else self


Conditions: TypeAlias = tuple[Condition, ...]


def is_nameless(name: str) -> bool:
    """Tell whether a definition gives a method to no function of a known name.

    It makes objects callable, ``(s::S)(x) = …``, or has a name that code computes, ``$name(x)``.
    """
    return name[:1] in {"(", "$"}


class Definition(msgspec.Struct, eq=False):
    """One method of a function, one macro (its name begins with ``@``), or a constructor.

    Attributes:
        code: the whole of it, the assignment of a function to a name included.
        function: its parameters and its body; None for the constructor of ``@kwdef``.
        defaults: the parameters of such a constructor.
        extends: whether it is a method of another package's function.
        package: that package, as far as it is known.
        is_generated: whether the body, or a part of it, makes the code that a call runs
            (``@generated``). It runs when a call is inferred, and need not be called for that.
        local: the variables around it: those of the loop that defines it, for example.
    """

    name: str
    module: JuliaModule
    code: Code
    function: Function | None
    defaults: tuple[Argument, ...] = ()
    extends: bool = False
    package: str | None = None
    is_generated: bool = False
    local: Mapping[str, Value] = msgspec.field(default_factory=dict)
    included: list[Statement] = msgspec.field(default_factory=list)

    @property
    def signature(self) -> Signature:
        """Its parameters."""
        if self.function is None:
            return Signature(keywords=self.defaults)
        return self.function.signature

    @property
    def body(self) -> tuple[Code, ...]:
        """The statements that run when it is called."""
        return self.function.statements if self.function is not None else ()

    @property
    def is_macro(self) -> bool:
        """Whether this is a macro."""
        return self.name.startswith("@")

    def around(self) -> Iterator[Code]:
        """Yield code that holds all code that may run when it is called."""
        yield self.code
        for statement in self.included:
            yield statement.code

    def all_code(self) -> Iterator[Code]:
        """Yield all code that may run when it is called."""
        yield from self.body
        if self.function is None or self.function.may_have_defaults:
            for argument in (*self.signature.positional, *self.signature.keywords):
                if argument.default is not None:
                    yield argument.default
        for statement in self.included:
            yield statement.code


class Statement(msgspec.Struct, frozen=True):
    """Code that runs when its module is evaluated, under conditions."""

    code: Code
    module: JuliaModule
    conditions: Conditions


class GlobalValue(msgspec.Struct, frozen=True):
    """The right-hand side of an assignment to a global.

    Attributes:
        index: which part of it, where a tuple is taken apart; None for all of it.
        is_constant: whether the global is declared ``const``.
    """

    code: Code
    module: JuliaModule
    index: int | None = None
    is_constant: bool = False


class JuliaModule(msgspec.Struct, eq=False):
    """A module and its tables of names. Macros are listed with their ``@``."""

    name: str
    parent: JuliaModule | None = None
    children: dict[str, JuliaModule] = msgspec.field(default_factory=dict)
    definitions: dict[str, list[Definition]] = msgspec.field(default_factory=dict)
    values: dict[str, list[GlobalValue]] = msgspec.field(default_factory=dict)
    imports: dict[str, ImportPath] = msgspec.field(default_factory=dict)
    used: list[ImportPath] = msgspec.field(default_factory=list)
    exports: set[str] = msgspec.field(default_factory=set)
    reexported: list[ImportPath] = msgspec.field(default_factory=list)

    @property
    def path(self) -> tuple[str, ...]:
        """The names of the modules around this one and its own, from the package's module on."""
        names: list[str] = []
        module: JuliaModule | None = self
        while module is not None and module.name:
            names.append(module.name)
            module = module.parent
        return tuple(reversed(names))


class Member(msgspec.Struct, frozen=True):
    """Something of another package, by its path there; an empty path is its module."""

    package: str
    path: tuple[str, ...]


Meaning: TypeAlias = "JuliaModule | tuple[Definition, ...] | tuple[GlobalValue, ...] | Member"

BASE = "Base"
_ALWAYS_THERE = frozenset({"Base", "Core", "Main"})
PREFERENCE_READERS = frozenset(
    {"load_preference", "has_preference", "@load_preference", "@has_preference"}
)
_EXPORTED_BY = {
    "Preferences": PREFERENCE_READERS,
    "PrecompileTools": frozenset(
        {"@setup_workload", "@compile_workload", "@recompile_invalidations"}
    ),
    "SnoopPrecompile": frozenset({"@precompile_all_calls", "@precompile_setup"}),
}


def _member(package: str, path: tuple[str, ...]) -> Member:
    # A package that has imported Preferences offers it as a member, as JLLWrappers does.
    if package != "Preferences" and "Preferences" in path:
        return Member("Preferences", path[path.index("Preferences") + 1 :])
    return Member(BASE if package in _ALWAYS_THERE else package, path)


def lookup(module: JuliaModule, name: str, steps: int = 0) -> Meaning | None:
    """Return what *name* means in a module; None where nothing in the package's code says it."""
    if steps > _MAX_LOOKUPS:
        return None
    if name in module.children:  # before its imports: using .Inner imports the name Inner
        return module.children[name]
    if name in module.imports:
        return follow(module, module.imports[name], steps + 1)
    if name in module.definitions:
        return tuple(module.definitions[name])
    if name in module.values:
        return tuple(module.values[name])
    if name == module.name:
        return module
    return Member(BASE, ()) if name in _ALWAYS_THERE else _used(module, name, steps)


def _used(module: JuliaModule, name: str, steps: int) -> Meaning | None:
    """Return what *name* means by what the modules export that a module is ``using``."""
    for path in module.used:
        used = follow(module, path, steps + 1)
        if isinstance(used, JuliaModule) and exports(used, name, steps + 1):
            found = lookup(used, name, steps + 1)
            if found is not None:
                return found
        elif isinstance(used, Member) and _is_exported(used, name):
            return Member(used.package, (name,))
    return None


def _is_exported(used: Member, name: str) -> bool:
    return not used.path and name in _EXPORTED_BY.get(used.package, ())


def exports(module: JuliaModule, name: str, steps: int = 0) -> bool:
    """Tell whether ``using`` a module brings a name along (``@reexport`` included)."""
    if name in module.exports:
        return True
    if steps > _MAX_LOOKUPS:
        return False
    for path in module.reexported:
        used = follow(module, path, steps + 1)
        if isinstance(used, JuliaModule) and exports(used, name, steps + 1):
            return True
        if isinstance(used, Member) and _is_exported(used, name):
            return True
    return False


def follow(module: JuliaModule, path: ImportPath, steps: int = 0) -> Meaning | None:
    """Return what the path of an import leads to."""
    if steps > _MAX_LOOKUPS or not path.names:
        return None
    if path.dots == 0:
        root = module
        while root.parent is not None and root.parent.name:
            root = root.parent
        first, rest = path.names[0], path.names[1:]
        if first == root.name:
            return walk(root, rest, steps + 1)
        return _member(first, rest)
    start: JuliaModule | None = module
    for _ in range(path.dots - 1):
        start = start.parent if start is not None else None
    return walk(start, path.names, steps + 1) if start is not None else None


def walk(start: Meaning | None, names: tuple[str, ...], steps: int = 0) -> Meaning | None:
    """Return what ``start.a.b`` means."""
    meaning = start
    for name in names:
        if isinstance(meaning, tuple) and len(meaning) == 1:
            value = meaning[0]
            if isinstance(value, GlobalValue):  # an alias: const P = Preferences
                meaning = resolve_alias(value, steps + 1)
        if isinstance(meaning, JuliaModule):
            meaning = lookup(meaning, name, steps + 1)
        elif isinstance(meaning, Member):
            meaning = _member(meaning.package, (*meaning.path, name))
        else:
            return None
    return meaning


def resolve(module: JuliaModule, names: tuple[str, ...], steps: int = 0) -> Meaning | None:
    """Return what ``a.b.c`` means in a module, aliases followed to their end."""
    meaning = walk(lookup(module, names[0], steps), names[1:], steps)
    while isinstance(meaning, tuple) and len(meaning) == 1 and steps < _MAX_LOOKUPS:
        value = meaning[0]
        if not isinstance(value, GlobalValue):
            break
        target = resolve_alias(value, steps + 1)
        if target is None:
            break
        meaning, steps = target, steps + 1
    return meaning


def resolve_alias(value: GlobalValue, steps: int = 0) -> Meaning | None:
    """Return what a global means whose value is a mere name: ``const lp = P.f``."""
    if value.index is not None or steps > _MAX_LOOKUPS:
        return None
    names = name_of(value.code)
    if names is None:
        return None
    return walk(lookup(value.module, names[0], steps + 1), names[1:], steps + 1)


def used_submodules(module: JuliaModule) -> tuple[Member, ...]:
    """Return the modules within other packages whose exports a module sees: ``using A.B``."""
    meanings = (follow(module, path) for path in module.used)
    return tuple(one for one in meanings if isinstance(one, Member) and one.path)


def candidates(module: JuliaModule) -> tuple[str, ...]:
    """Return the packages whose exports a module sees, beyond those whose exports are known."""
    found: list[str] = []
    for path in module.used:
        meaning = follow(module, path)
        if isinstance(meaning, Member) and meaning.package not in {BASE, *_EXPORTED_BY}:
            found.append(meaning.package)
        elif isinstance(meaning, JuliaModule):
            # what a submodule is using, it may export again
            found += (
                inner.package
                for inner_path in meaning.used
                if isinstance(inner := follow(meaning, inner_path), Member)
                and inner.package not in {BASE, *_EXPORTED_BY}
            )
    return tuple(dict.fromkeys(found))
