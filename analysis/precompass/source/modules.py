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

_MAX_STEPS = 100  # from one name to the next (imports of imports, aliases of aliases)
_MAX_STEPS_THEN = 30  # once that was met, as names that stand for one another may be thousands


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
        local: the variables around it, such as the variable of the loop that defines it.
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
    """A module and its tables of names. Macros are listed with their ``@``.

    Attributes:
        is_cut: whether a name was not followed to its end because it leads through too many
            others; the outermost module says it for all.
    """

    name: str
    parent: JuliaModule | None = None
    children: dict[str, JuliaModule] = msgspec.field(default_factory=dict)
    definitions: dict[str, list[Definition]] = msgspec.field(default_factory=dict)
    values: dict[str, list[GlobalValue]] = msgspec.field(default_factory=dict)
    imports: dict[str, ImportPath] = msgspec.field(default_factory=dict)
    used: list[ImportPath] = msgspec.field(default_factory=list)
    exports: set[str] = msgspec.field(default_factory=set)
    reexported: list[ImportPath] = msgspec.field(default_factory=list)
    is_cut: bool = False

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


def lookup(module: JuliaModule, name: str) -> Meaning | None:
    """Return what *name* means in a module; None where nothing in the package's code says it."""
    found = _own(module, name)
    if found is None or isinstance(found, ImportPath):
        return _Search().descend(module, (name,))
    return found


def exports(module: JuliaModule, name: str) -> bool:
    """Tell whether ``using`` a module brings a name along (``@reexport`` included)."""
    return name in module.exports or _Search().exports(module, name)


def resolve(module: JuliaModule, names: tuple[str, ...]) -> Meaning | None:
    """Return what ``a.b.c`` means in a module, aliases followed to their end."""
    search = _Search()
    return search.end_of(search.descend(module, names))


def _own(module: JuliaModule, name: str) -> Meaning | ImportPath | None:
    """Return what a name means by what a module itself says, without what it is ``using``."""
    if name in module.children:  # before its imports: using .Inner imports the name Inner
        return module.children[name]
    path = module.imports.get(name)
    if path is not None and not (path.dots == 1 and path.names == (name,)):
        return path  # using .Inner says nothing of where Inner comes from
    if name in module.definitions:
        return tuple(module.definitions[name])
    if name in module.values:
        return tuple(module.values[name])
    if name == module.name:
        return module
    return Member(BASE, ()) if name in _ALWAYS_THERE else None


def _top(module: JuliaModule) -> JuliaModule:
    """Return the outermost module around a module."""
    while module.parent is not None:
        module = module.parent
    return module


def _begin(module: JuliaModule, path: ImportPath) -> tuple[Meaning | None, tuple[str, ...]]:
    """Return where the path of an import begins, and the names to look up from there."""
    if not path.names:
        return None, ()
    if path.dots == 0:
        root = module
        while root.parent is not None and root.parent.name:
            root = root.parent
        first, rest = path.names[0], path.names[1:]
        return (root, rest) if first == root.name else (_member(first, rest), ())
    start: JuliaModule | None = module
    for _ in range(path.dots - 1):
        start = start.parent if start is not None else None
    return start, path.names


def _alias(meaning: Meaning | None) -> tuple[GlobalValue, tuple[str, ...]] | None:
    """Return a global whose value is a mere name, ``const lp = P.f``, and that name."""
    if not isinstance(meaning, tuple) or len(meaning) != 1:
        return None
    value = meaning[0]
    if not isinstance(value, GlobalValue) or value.index is not None:
        return None
    names = name_of(value.code)
    return (value, names) if names is not None else None


def _is_exported(used: Member, name: str) -> bool:
    return not used.path and name in _EXPORTED_BY.get(used.package, ())


_NameIn: TypeAlias = "tuple[JuliaModule, str]"


class _Search:
    """One search for what a name means, with all others that are looked up for it.

    What leads to itself means nothing: ``using .Inner`` where no module ``Inner`` is known, or
    ``const f = g`` and ``const g = f``.
    """

    def __init__(self) -> None:
        self._trail: dict[_NameIn | int, None] = {}
        """What is being looked up: a name in a module, or an alias by its identity."""
        self._found: dict[_NameIn | int, Meaning] = {}
        self._nothing: set[_NameIn | int] = set()
        self._circles: set[_NameIn | int] = set()

    def descend(self, start: Meaning | None, names: tuple[str, ...]) -> Meaning | None:
        """Return what ``start.a.b`` means.

        A name that is imported is replaced by the path of the import, as a link in a path is.
        """
        meaning = start
        left: list[str | _NameIn] = [*reversed(names)]
        while left and meaning is not None:
            name = left.pop()
            if isinstance(name, tuple):  # all that an imported name stands for is looked up
                self._leave(name, meaning)
                continue
            if isinstance(meaning, tuple):  # an alias: const P = Preferences
                meaning = self.end_of(meaning)
            if isinstance(meaning, Member):
                meaning = _member(meaning.package, (*meaning.path, name))
            elif isinstance(meaning, JuliaModule):
                meaning = self._name(meaning, name, left)
            else:
                meaning = None
        for name in reversed(left):
            if isinstance(name, tuple):
                self._leave(name, meaning)
        return meaning

    def _name(self, module: JuliaModule, name: str, left: list[str | _NameIn]) -> Meaning | None:
        """Return what a name means; where its path begins if it is imported, with that *left*."""
        own = _own(module, name)
        if own is None:
            return self._used(module, name)
        if not isinstance(own, ImportPath):
            return own
        step = module, name
        if step in self._found:
            return self._found[step]
        if not self._enter(step, module):
            return None
        start, path = _begin(module, own)
        left += (step, *reversed(path))
        return start

    def end_of(self, meaning: Meaning | None) -> Meaning | None:
        """Return what an alias means in the end, as far as that is known."""
        entered: list[int] = []
        is_end = False
        while (alias := _alias(meaning)) is not None:
            value, names = alias
            step = id(value)
            if step in self._found:
                meaning = self._found[step]
                continue
            if not self._enter(step, value.module):
                break
            entered.append(step)
            target = self.descend(value.module, names)
            if target is None:
                break
            meaning = target
        else:
            is_end = True
        for step in reversed(entered):
            self._leave(step, meaning if is_end else None)
        return meaning

    def exports(self, module: JuliaModule, name: str) -> bool:
        """Tell whether ``using`` a module brings a name along (``@reexport`` included)."""
        if name in module.exports or not module.reexported:
            return name in module.exports
        seen = {module}
        pending = [module]
        while pending:
            current = pending.pop()
            if name in current.exports:
                return True
            for path in current.reexported:
                used = self.descend(*_begin(current, path))
                if isinstance(used, Member) and _is_exported(used, name):
                    return True
                if isinstance(used, JuliaModule) and used not in seen:
                    if len(seen) == _MAX_STEPS:
                        _top(module).is_cut = True
                        return False
                    seen.add(used)
                    pending.append(used)
        return False

    def _used(self, module: JuliaModule, name: str) -> Meaning | None:
        """Return what *name* means by what the modules export that a module is ``using``."""
        if (module, name) in self._found:
            return self._found[module, name]
        if not module.used or not self._enter((module, name), module):
            return None
        through = [(module, iter(module.used))]
        found: Meaning | None = None
        while through and found is None:
            current, paths = through[-1]
            path = next(paths, None)
            if path is None:
                through.pop()
                self._leave((current, name), None)
                continue
            used = self.descend(*_begin(current, path))
            if isinstance(used, Member) and _is_exported(used, name):
                found = Member(used.package, (name,))
            if not isinstance(used, JuliaModule) or not self.exports(used, name):
                continue
            if (used, name) in self._found or _own(used, name) is not None:
                found = self.descend(used, (name,))
            elif self._enter((used, name), used):
                through.append((used, iter(used.used)))
        for current, _ in reversed(through):
            self._leave((current, name), found)
        return found

    def _enter(self, step: _NameIn | int, module: JuliaModule) -> bool:
        """Begin to look something up, unless that leads nowhere, or too far."""
        if step in self._trail:
            self._circles.add(step)
            return False
        if step in self._nothing or self._is_far(module):
            return False
        self._trail[step] = None
        return True

    def _leave(self, step: _NameIn | int, meaning: Meaning | None) -> None:
        """Note what something means that was looked up."""
        del self._trail[step]
        if meaning is None:
            self._nothing.add(step)
            return
        self._found[step] = meaning
        if step in self._circles:
            self._nothing.clear()  # what seemed to lead to itself only

    def _is_far(self, module: JuliaModule) -> bool:
        """Tell whether more is being looked up than is followed, which the package then says."""
        if len(self._trail) < _MAX_STEPS_THEN:
            return False
        top = _top(module)
        top.is_cut = top.is_cut or len(self._trail) >= _MAX_STEPS
        return top.is_cut


def used_submodules(module: JuliaModule) -> tuple[Member, ...]:
    """Return the modules within other packages whose exports a module sees: ``using A.B``."""
    search = _Search()
    meanings = (search.descend(*_begin(module, path)) for path in module.used)
    return tuple(one for one in meanings if isinstance(one, Member) and one.path)


def candidates(module: JuliaModule) -> tuple[str, ...]:
    """Return the packages whose exports a module sees, beyond those whose exports are known."""
    found: list[str] = []
    search = _Search()
    for path in module.used:
        meaning = search.descend(*_begin(module, path))
        if isinstance(meaning, Member) and meaning.package not in {BASE, *_EXPORTED_BY}:
            found.append(meaning.package)
        elif isinstance(meaning, JuliaModule):
            # what a submodule is using, it may export again
            found += (
                inner.package
                for inner_path in meaning.used
                if isinstance(inner := search.descend(*_begin(meaning, inner_path)), Member)
                and inner.package not in {BASE, *_EXPORTED_BY}
            )
    return tuple(dict.fromkeys(found))
