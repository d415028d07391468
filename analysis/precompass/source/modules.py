"""The modules of a package: what is defined in each, what it imports, and what a name means.

Names are looked up as Julia does (manual, "Modules"): a module sees its own definitions, what
it imports by name, and what the modules that it is ``using`` export; not what the module
around it sees.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from tree_sitter import Node

from precompass.source.preference_conditions import PreferenceTest
from precompass.source.syntax import COMMENTS, JuliaSource, Site, dotted_name, parts

_MAX_LOOKUPS = 30  # steps from one name to the next (imports of imports, aliases of aliases)


@dataclass(frozen=True, slots=True)
class Condition:
    """A place where the code chooses, and the way that was taken there.

    Attributes:
        site: where the choice is.
        arm: the number of the way taken.
        arms: how many there are, one of which is always taken; 0 where none may be taken.
        text: the condition, for people.
        workload: whether the condition is "this package's workload is switched on".
        tests: what has to hold of the package's own preferences for it, as far as is known.
    """

    site: Site
    arm: int
    arms: int
    text: str
    workload: bool = False
    tests: tuple[PreferenceTest, ...] = ()

    @property
    def elsewhere(self) -> Condition:
        """The same for another package, which has other preferences of its own."""
        return replace(self, tests=()) if self.tests else self


Conditions: TypeAlias = tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter in the signature of a function or macro."""

    name: str
    default: Node | None = None
    variadic: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters of a function or macro."""

    positional: tuple[Argument, ...] = ()
    keywords: tuple[Argument, ...] = ()

    def accepts(self, count: int) -> bool:
        """Tell whether a call with *count* positional arguments can mean this method."""
        required = sum(1 for item in self.positional if item.default is None and not item.variadic)
        endless = any(item.variadic for item in self.positional)
        return required <= count and (endless or count <= len(self.positional))


@dataclass(eq=False, slots=True)
class Definition:
    """One method of a function, one macro (its name begins with ``@``), or a constructor.

    Attributes:
        body: the statements that run when it is called.
        extends: whether it is a method of another package's function.
    """

    name: str
    module: JuliaModule
    source: JuliaSource
    node: Node
    signature: Signature
    body: tuple[Node, ...]
    extends: bool = False
    included: list[Statement] = field(default_factory=list)

    @property
    def is_macro(self) -> bool:
        """Whether this is a macro."""
        return self.name.startswith("@")

    def code(self) -> Iterator[tuple[JuliaSource, Node]]:
        """Yield all code that may run when it is called."""
        for node in self.body:
            yield self.source, node
        for argument in (*self.signature.positional, *self.signature.keywords):
            if argument.default is not None:
                yield self.source, argument.default
        for statement in self.included:
            yield statement.source, statement.node


@dataclass(frozen=True, slots=True)
class Statement:
    """Code that runs when its module is evaluated, under conditions."""

    node: Node
    source: JuliaSource
    module: JuliaModule
    conditions: Conditions


@dataclass(frozen=True, slots=True)
class GlobalValue:
    """The right-hand side of an assignment to a global; *index* within a tuple, or None."""

    node: Node
    source: JuliaSource
    module: JuliaModule
    index: int | None = None


@dataclass(frozen=True, slots=True)
class ImportPath:
    """``..A.B`` in an import: the dots before it, and the names."""

    dots: int
    names: tuple[str, ...]


@dataclass(eq=False, slots=True)
class JuliaModule:
    """A module and its tables of names. Macros are listed with their ``@``."""

    name: str
    parent: JuliaModule | None = None
    children: dict[str, JuliaModule] = field(default_factory=dict)
    definitions: dict[str, list[Definition]] = field(default_factory=dict)
    values: dict[str, list[GlobalValue]] = field(default_factory=dict)
    imports: dict[str, ImportPath] = field(default_factory=dict)
    used: list[ImportPath] = field(default_factory=list)
    exports: set[str] = field(default_factory=set)
    reexported: list[ImportPath] = field(default_factory=list)

    @property
    def path(self) -> tuple[str, ...]:
        """The names of the modules around this one and its own, from the package's module on."""
        names: list[str] = []
        module: JuliaModule | None = self
        while module is not None and module.name:
            names.append(module.name)
            module = module.parent
        return tuple(reversed(names))


@dataclass(frozen=True, slots=True)
class Member:
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
    if name in _ALWAYS_THERE:
        return Member(BASE, ())
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
    """Return what a global stands for whose value is a mere name: ``const lp = P.f``."""
    if value.index is not None or steps > _MAX_LOOKUPS:
        return None
    names = dotted_name(value.source, value.node)
    if names is None:
        return None
    return walk(lookup(value.module, names[0], steps + 1), names[1:], steps + 1)


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


def read_signature(source: JuliaSource, node: Node) -> tuple[tuple[str, ...], Signature] | None:
    """Return the name and parameters that the left side of a definition says.

    None where it is no definition by name (a function without one, a callable object).
    """
    while node.type in {"signature", "where_expression", "typed_expression"} and parts(node):
        node = parts(node)[0]
    if node.type in {"identifier", "field_expression"}:
        names = dotted_name(source, node)  # function f end
        return (names, Signature()) if names else None
    if node.type != "call_expression":
        return None
    children = parts(node)
    names = dotted_name(source, children[0]) if children else None
    if names is None or len(children) < 2:
        return None
    return names, read_parameters(source, children[1])


def read_parameters(source: JuliaSource, node: Node) -> Signature:
    """Return the parameters in an argument list, or those before an arrow."""
    if node.type not in {"argument_list", "tuple_expression", "parenthesized_expression"}:
        return Signature((_parameter(source, node),))
    positional: list[Argument] = []
    keywords: list[Argument] = []
    after_semicolon = False
    for child in node.children:
        if child.type == ";":
            after_semicolon = True
        elif child.is_named and child.type not in COMMENTS and source.bytes_of(child).strip():
            (keywords if after_semicolon else positional).append(_parameter(source, child))
    return Signature(tuple(positional), tuple(keywords))


def _parameter(source: JuliaSource, node: Node) -> Argument:
    default: Node | None = None
    variadic = False
    while True:
        children = parts(node)
        if node.type == "identifier":
            return Argument(source.text(node), default, variadic)
        if node.type in {"named_argument", "named_field", "assignment"} and len(children) >= 2:
            default, node = children[-1], children[0]
        elif node.type == "splat_expression" and children:
            variadic, node = True, children[0]
        elif node.type == "typed_expression" and len(children) == 2:
            node = children[0]
        elif node.type == "macrocall_expression" and len(children) == 2:  # @nospecialize x
            node = children[1]
        elif node.type in {"macro_argument_list", "argument_list"} and len(children) == 1:
            node = children[0]
        else:
            return Argument("", default, variadic)
