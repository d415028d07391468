"""The code of one package put together: its files by ``include``, its modules, what they define.

Only files that can matter are parsed: those that mention one of the names looked for, and
those that include others. The names grow while the code is read (a function that reads a
preference is looked for in turn), and files put aside are then looked at again.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from tree_sitter import Node

from precompass.files import disk
from precompass.source.evaluation import Evaluation, Scope
from precompass.source.modules import (
    Argument,
    Condition,
    Conditions,
    Definition,
    GlobalValue,
    ImportPath,
    JuliaModule,
    Meaning,
    Signature,
    Statement,
    lookup,
    read_parameters,
    read_signature,
    resolve,
)
from precompass.source.name_search import Occurrences, holds_any, reached, word_of
from precompass.source.package_files import PackageFiles
from precompass.source.syntax import (
    MAX_REREAD,
    JuliaSource,
    Site,
    dotted_name,
    macro_call,
    parse_julia,
    parts,
)
from precompass.source.values import Text, alternatives

# Macros that leave the code they are given in its place.
TRANSPARENT_MACROS = frozenset(
    {"@static", "@eval", "@inline", "@noinline", "@inbounds", "@doc", "@nospecialize"}
    | {"@specialize", "@show", "@time", "@elapsed", "@assert", "@reexport", "@generated"}
    | {"@kwdef", "@isdefined", "@propagate_inbounds", "@constprop", "@aggressive_constprop"}
    | {"@assume_effects", "@pure", "@simd", "@threads", "@views", "@view", "@."}
    | {"@something", "@coalesce", "@recompile_invalidations", "@sync", "@async", "@task"}
    | {"@allocated", "@timed", "@nowarn", "@public", "@atomic", "@lock", "@deprecate"}
    | {"@everywhere", "@compat", "@suppress", "@showprogress", "@polly", "@fastmath"}
    | {"@max_methods", "@compiler_options", "@optlevel", "@invoke", "@invokelatest"}
    | {"@const"}
)
_BLOCKS = frozenset(
    {"compound_statement", "let_statement", "try_statement", "finally_clause", "ERROR"}
    | {"const_statement", "global_statement", "local_statement", "parenthesized_expression"}
)
_LOCAL_SCOPES = frozenset({"let_statement", "try_statement", "finally_clause", "local_statement"})
_MAX_INCLUDES = 4_000  # the same file may be included many times
_INCLUDE = re.compile(rb"\binclude\b")


@dataclass(frozen=True, slots=True)
class Problem:
    """A place where reading had to stop, and why. What it holds is undecided."""

    site: Site
    text: str


@dataclass(frozen=True, slots=True)
class Import:
    """A package that is imported while a module is evaluated."""

    package: str
    conditions: Conditions


@dataclass(frozen=True, slots=True)
class _File:
    """A file on its way into a module."""

    path: Path
    module: JuliaModule
    conditions: Conditions
    within: Definition | None
    chain: tuple[Path, ...]  # the files that include it, outermost first


@dataclass(slots=True)
class _Place:
    """Where the collector is."""

    scope: Scope
    conditions: Conditions
    within: Definition | None
    chain: tuple[Path, ...]
    local: bool = False  # inside let or a loop: variables are not the module's
    fields: bool = False  # inside @kwdef: the fields of a struct may have defaults
    reexport: bool = False  # inside @reexport

    def under(self, condition: Condition | None) -> _Place:
        return (
            self if condition is None else replace(self, conditions=(*self.conditions, condition))
        )


class PackageCode:
    """The modules, definitions and top-level statements of a package.

    Attributes:
        top: the scope outside all modules, that of the entry file.
        root: the module that is the package; *top* where the entry file has none.
        statements: what runs while the package's modules are evaluated, in no strict order.
        definitions: all functions, macros and constructors of the files that were parsed.
        problems: what could not be read.
        imports: the packages imported.
        missing: the files that are included in any case, and are not there.
    """

    def __init__(self, name: str, files: PackageFiles, names: Iterable[str]) -> None:
        self.name = name
        self.files = files
        self.evaluation = Evaluation()
        self.top = JuliaModule("")
        self.statements: list[Statement] = []
        self.definitions: list[Definition] = []
        self.problems: list[Problem] = []
        self.missing: list[Path] = []
        self.imports: list[Import] = []
        self.sources: dict[Path, JuliaSource] = {}
        self._words = {word_of(name) for name in names}
        self._occurrences: dict[Path, Occurrences] = {}
        self._aside: list[_File] = []
        self._pending: deque[_File] = deque()
        self._computed_includes: list[tuple[_File, Path]] = []
        self._included = 0
        self._parsed_bytes = 0
        self._reread_left = 4 * MAX_REREAD

    @property
    def root(self) -> JuliaModule:
        """The module that is the package."""
        if self.name in self.top.children:
            return self.top.children[self.name]
        return next(iter(self.top.children.values()), self.top)

    def is_wanted(self, name: str) -> bool:
        """Tell whether a name is looked for."""
        return word_of(name) in self._words

    def may_mention(self, data: bytes) -> bool:
        """Tell whether the bytes of a file may hold one of the names looked for."""
        return holds_any(data, self._words)

    def mentions(self, source: JuliaSource, node: Node) -> bool:
        """Tell whether a piece of code holds one of the names looked for."""
        occurrences = self._occurrences.get(source.path)
        if occurrences is None:
            occurrences = Occurrences.of(source.data, self._words)
            self._occurrences[source.path] = occurrences
        return occurrences.any_between(node.start_byte, node.end_byte)

    def is_relevant(self, definition: Definition) -> bool:
        """Tell whether a function mentions what is looked for."""
        return any(self.mentions(source, node) for source, node in definition.code())

    def read(self, entry: Path) -> None:
        """Read the entry file and all that it includes."""
        self._pending.append(_File(entry, self.top, (), None, ()))
        self._drain()
        self._read_computed_includes()
        while self._learn():
            self._drain()

    def _drain(self) -> None:
        while self._pending:
            file = self._pending.popleft()
            data = self.files.read(file.path)
            if data is None:
                if file.within is None and not file.conditions and not disk.is_there(file.path):
                    self.missing.append(file.path)
                continue
            if not file.chain or _INCLUDE.search(data) or self.may_mention(data):
                self._read_file(file, data)
            else:
                self._aside.append(file)

    def _learn(self) -> bool:
        """Look for other names of what is looked for, and for functions that mention it.

        Return whether there are new ones.
        """
        uses: dict[bytes, set[bytes]] = {}
        for module in self.modules():
            for alias, path in module.imports.items():
                uses.setdefault(word_of(path.names[-1]), set()).add(word_of(alias))
            for alias, values in module.values.items():
                for value in values:
                    for word in _other_names(value):
                        uses.setdefault(word, set()).add(word_of(alias))
        defined = [d for d in self.definitions if not d.extends and d.name != "__init__"]
        words = self._words | uses.keys() | {word_of(d.name) for d in defined}
        occurrences = {
            path: Occurrences.of(source.data, words) for path, source in self.sources.items()
        }
        for definition in defined:
            for source, node in definition.code():
                for word in occurrences[source.path].between(node.start_byte, node.end_byte):
                    uses.setdefault(word, set()).add(word_of(definition.name))
        found = reached(self._words, uses) - {b"Preferences"}
        self._occurrences = {path: places.only(found) for path, places in occurrences.items()}
        new = found - self._words
        self._words = found
        if not new:
            return False
        aside, self._aside = self._aside, []
        self._pending.extend(aside)
        return True

    def modules(self) -> list[JuliaModule]:
        """Return all modules, the outermost first."""
        found = [self.top]
        for module in found:
            found += module.children.values()
        return found

    def _read_computed_includes(self) -> None:
        """Read what an ``include`` of a computed path may mean: files not included elsewhere."""
        for file, folder in self._computed_includes:
            for path in self.files.julia_files(folder):
                data = self.files.read(path) if path not in self.sources else None
                if data is not None and self.may_mention(data):
                    self._pending.append(replace(file, path=path))
        self._drain()

    def _read_file(self, file: _File, data: bytes) -> None:
        source = self.sources.get(file.path)
        if source is None:
            self._parsed_bytes += len(data)
            if self._parsed_bytes > self.files.limits.parsed_bytes:
                self.problems.append(Problem(Site(file.path, 0, 0), "not read: too much source"))
                return
            source = parse_julia(file.path, data, min(MAX_REREAD, self._reread_left))
            self._reread_left -= source.bytes_read
            self.sources[file.path] = source
            if not source.complete:
                self.problems.append(Problem(Site(file.path, 0, 0), "too tangled to parse"))
        place = _Place(Scope(file.module, source), file.conditions, file.within, file.chain)
        self._collect_all(source.root, place, 0)

    # Collecting

    def _collect_all(self, node: Node, place: _Place, depth: int) -> None:
        for child in parts(node):
            self._collect_top(child, place, depth)

    def _collect_top(self, node: Node, place: _Place, depth: int) -> None:
        """Collect one statement of a module, and keep it to be run."""
        scope = place.scope
        if node.type == "module_definition":
            self._collect_module(node, place, depth)
            return
        self._collect(node, place, depth)
        if self._is_definition(node, scope.source):
            return
        statement = Statement(node, scope.source, scope.module, place.conditions)
        if place.within is not None:
            place.within.included.append(statement)
        else:
            self.statements.append(statement)

    def _is_definition(self, node: Node, source: JuliaSource) -> bool:
        if node.type in {"function_definition", "macro_definition", "struct_definition"}:
            return True
        children = parts(node)
        if node.type == "const_statement" and children:
            return self._is_definition(children[0], source)
        return node.type == "assignment" and (
            (read_signature(source, children[0]) is not None and not _is_name(children[0]))
            or children[-1].type in {"arrow_function_expression", "function_definition"}
        )

    def _collect_module(self, node: Node, place: _Place, depth: int) -> None:
        name_node = node.child_by_field_name("name")
        if name_node is None or depth > self.files.limits.depth:
            return
        scope = place.scope
        name = scope.source.text(name_node)
        parent = scope.module
        module = parent.children.get(name)
        if module is None:
            module = parent.children[name] = JuliaModule(name, parent)
        inner = replace(place, scope=Scope(module, scope.source))
        for child in parts(node):
            if child.id != name_node.id:
                self._collect_top(child, inner, depth + 1)

    def _collect(self, node: Node, place: _Place, depth: int) -> None:
        """Note definitions, imports and includes in a statement, however nested."""
        if depth > self.files.limits.depth:
            return
        depth += 1
        scope = place.scope
        match node.type:
            case "module_definition":
                self._collect_module(node, place, depth)
            case "using_statement" | "import_statement":
                self._collect_import(node, place)
            case "export_statement" | "public_statement":
                for child in parts(node):
                    names = dotted_name(scope.source, child)
                    if names and node.type == "export_statement":
                        scope.module.exports.add(names[-1])
            case "function_definition" | "macro_definition":
                self._collect_function(node, place, depth)
            case "struct_definition":
                self._collect_struct(node, place)
            case "assignment" if parts(node):
                self._collect_assignment(node, place, depth)
            case "if_statement":
                test = node.child_by_field_name("condition")
                if test is not None:
                    self._collect(test, place, depth)
                for arm in self.evaluation.arms(node, scope):
                    for statement in arm.statements:
                        self._collect(statement, place.under(arm.condition), depth)
            case "for_statement":
                inner_scope, condition = self.evaluation.loop(node, scope)
                inner = replace(place, scope=inner_scope, local=True).under(condition)
                for child in parts(node):
                    if child.type != "for_binding":
                        self._collect(child, inner, depth)
            case "while_statement" | "catch_clause":
                inner = replace(place, local=True).under(_perhaps(scope, node))
                for child in parts(node):
                    self._collect(child, inner, depth)
            case "macrocall_expression":
                self._collect_macro_call(node, place, depth)
            case "quote_statement" | "quote_expression" | "comprehension_expression":
                pass
            case _:
                self._collect_other(node, place, depth)

    def _collect_other(self, node: Node, place: _Place, depth: int) -> None:
        scope = place.scope
        children = parts(node)
        if node.type in {"binary_expression", "ternary_expression"} and len(children) == 3:
            first, rest = children[0], children[1:]
            if node.type == "ternary_expression" or scope.source.text(rest[0]) in {"&&", "||"}:
                self._collect(first, place, depth)
                if _INCLUDE.search(scope.source.bytes_of(node)):
                    if self.evaluation.decide(first, scope) is None:
                        place = place.under(_perhaps(scope, first))
                    for child in rest:
                        self._collect(child, place, depth)
                return
        if node.type == "call_expression" and children:
            names = dotted_name(scope.source, children[0])
            if names is not None and names[-1] == "include":
                self._collect_include(node, children, place)
                return
            if names is not None and names[-1] in {"map", "foreach"} and len(children) > 1:
                arguments = parts(children[1])
                if arguments and scope.source.text(arguments[0]) == "include":
                    self._include_each(node, arguments[-1], place)
                    return
        if node.type == "broadcast_call_expression" and len(children) > 1:
            names = dotted_name(scope.source, children[0])
            if names == ("include",):
                self._include_each(node, children[-1], place)
                return
        if node.type in _BLOCKS or _INCLUDE.search(scope.source.bytes_of(node)):
            if node.type in _LOCAL_SCOPES or node.type == "global_statement":
                place = replace(place, local=node.type != "global_statement")
            for child in children:
                self._collect(child, place, depth)

    def _collect_macro_call(self, node: Node, place: _Place, depth: int) -> None:
        scope = place.scope
        name, arguments = macro_call(scope.source, node)
        if name is None or name[-1] == "@require":  # Requires.jl: not while the package compiles
            return
        if name[-1] not in TRANSPARENT_MACROS:
            place = place.under(_perhaps(scope, node))
        if name[-1] in {"@kwdef", "@reexport"}:
            place = replace(place, fields=name[-1] == "@kwdef", reexport=name[-1] == "@reexport")
        for child in arguments:
            self._collect(child, place, depth)

    def _collect_import(self, node: Node, place: _Place) -> None:
        scope = place.scope
        module = scope.module
        for child in parts(node):
            if child.type == "selected_import":
                inner = parts(child)
                path = _import_path(scope.source, inner[0]) if inner else None
                if path is None:
                    continue
                for item in inner[1:]:
                    names = [dotted_name(scope.source, part) for part in _alias_parts(item)]
                    if all(names) and names[0] is not None and names[-1] is not None:
                        target = ImportPath(path.dots, (*path.names, *names[0]))
                        module.imports[names[-1][-1]] = target
            else:
                alias = _alias_parts(child)
                path = _import_path(scope.source, alias[0]) if alias else None
                if path is None:
                    continue
                if len(alias) > 1:
                    module.imports[scope.source.text(alias[1])] = path
                elif path.names[-1] != module.name:
                    module.imports.setdefault(path.names[-1], path)
                if node.type == "using_statement" and len(alias) == 1:
                    module.used.append(path)
                    if place.reexport:
                        module.reexported.append(path)
            if path.dots == 0 and place.within is None:
                self.imports.append(Import(path.names[0], place.conditions))

    def _define(
        self,
        names: tuple[str, ...],
        signature: Signature,
        node: Node,
        body: tuple[Node, ...],
        place: _Place,
    ) -> Definition:
        scope = place.scope
        name = names[-1]
        home: Meaning | None = scope.module
        if len(names) > 1:
            home = resolve(scope.module, names[:-1])
        elif name in scope.module.imports:
            imported = lookup(scope.module, name)
            home = imported[0].module if isinstance(imported, tuple) and imported else None
        extends = not isinstance(home, JuliaModule)
        definition = Definition(name, scope.module, scope.source, node, signature, body, extends)
        self.definitions.append(definition)
        if isinstance(home, JuliaModule):
            home.definitions.setdefault(name, []).append(definition)
        return definition

    def _collect_function(self, node: Node, place: _Place, depth: int) -> None:
        children = parts(node)
        read = read_signature(place.scope.source, children[0]) if children else None
        if read is None:
            return
        names, signature = read
        if node.type == "macro_definition":
            names = (*names[:-1], "@" + names[-1])
        definition = self._define(names, signature, node, tuple(children[1:]), place)
        self._collect_includes_within(definition, place, depth)

    def _collect_includes_within(self, definition: Definition, place: _Place, depth: int) -> None:
        """An ``include`` in a function runs when the function does."""
        if definition.is_macro:
            return
        inner = replace(place, within=definition, conditions=())
        for node in definition.body:
            if _INCLUDE.search(place.scope.source.bytes_of(node)):
                self._collect(node, inner, depth)

    def _collect_assignment(self, node: Node, place: _Place, depth: int) -> None:
        source = place.scope.source
        children = parts(node)
        left, right = children[0], children[-1]
        if not _is_name(left):
            read = read_signature(source, left)
            if read is not None:
                definition = self._define(read[0], read[1], node, (right,), place)
                self._collect_includes_within(definition, place, depth)
                return
        names = dotted_name(source, left)
        if names is not None and right.type == "arrow_function_expression" and parts(right):
            signature = read_parameters(source, parts(right)[0])
            self._define(names, signature, node, tuple(parts(right)[1:]), place)
            return
        if names is not None and right.type == "function_definition" and parts(right):
            inner = parts(parts(right)[0])
            signature = read_parameters(source, inner[0]) if inner else Signature()
            self._define(names, signature, node, tuple(parts(right)[1:]), place)
            return
        if place.within is None and not place.local:
            for index, target in enumerate(_targets(left)):
                if target.type == "identifier":
                    value = GlobalValue(
                        right, source, place.scope.module, None if target is left else index
                    )
                    place.scope.module.values.setdefault(source.text(target), []).append(value)
        self._collect(right, place, depth)

    def _collect_struct(self, node: Node, place: _Place) -> None:
        children = parts(node)
        source = place.scope.source
        if not children:
            return
        head = children[0]
        while head.type in {"type_head", "binary_expression"} and parts(head):
            head = parts(head)[0]
        names = dotted_name(source, head)
        if names is None:
            return
        defaults: list[Argument] = []
        for child in children[1:]:
            read = None
            if child.type == "assignment" and parts(child):
                if place.fields and _is_name(parts(child)[0]):
                    defaults += read_parameters(source, child).positional
                    continue
                read = read_signature(source, parts(child)[0])
            elif child.type == "function_definition" and parts(child):
                read = read_signature(source, parts(child)[0])
            if read is not None:
                self._define(read[0], read[1], child, tuple(parts(child)[1:]), place)
        if defaults:
            self._define(names, Signature(keywords=tuple(defaults)), node, (), place)

    # Includes

    def _collect_include(self, node: Node, children: list[Node], place: _Place) -> None:
        arguments = [child for child in parts(children[-1]) if child.type != "named_argument"]
        if arguments:
            self._include(node, arguments[-1], place)

    def _include_each(self, node: Node, collection: Node, place: _Place) -> None:
        items = parts(collection)
        if collection.type == "argument_list" and len(items) == 1:
            collection = items[0]
        if collection.type in {"tuple_expression", "vector_expression"}:
            for child in parts(collection):
                self._include(node, child, place)
        else:
            self._include(node, collection, place)

    def _include(self, node: Node, argument: Node, place: _Place) -> None:
        scope = place.scope
        site = scope.source.site(node)
        folder = scope.source.path.parent
        file = _File(
            folder, scope.module, place.conditions, place.within, (*place.chain, scope.source.path)
        )
        for value, arm in alternatives(self.evaluation.value(argument, scope)):
            conditions = place.conditions
            if arm is not None:
                text = scope.source.excerpt(argument)
                conditions = (*conditions, Condition(site, arm[0], arm[1], text))
            if not isinstance(value, Text):
                if place.within is not None:  # a function that includes what it is told to
                    continue
                self.problems.append(
                    Problem(site, f"include of a computed path: {scope.source.excerpt(argument)}")
                )
                perhaps = Condition(site, 0, 0, f"include({scope.source.excerpt(argument)})")
                self._computed_includes.append(
                    (replace(file, conditions=(*conditions, perhaps)), folder)
                )
                continue
            self._included += 1
            try:
                path = Path(folder, value.value)
            except ValueError:
                continue
            if path in file.chain or len(file.chain) > self.files.limits.depth:
                self.problems.append(Problem(site, "a file that includes itself"))
            elif self._included > _MAX_INCLUDES:
                self.problems.append(Problem(site, "too many includes"))
                return
            else:
                self._pending.append(
                    replace(file, path=Path(os.path.normpath(path)), conditions=conditions)
                )


def _other_names(value: GlobalValue) -> tuple[bytes, ...]:
    """Return the words that a global is another name of."""
    names = dotted_name(value.source, value.node)
    if names is not None:
        return (word_of(names[-1]),)
    # const preferences = Base.get_preferences(uuid): what is asked of it matters as well
    if b"get_preferences" in value.source.bytes_of(value.node):
        return (b"get_preferences",)
    return ()


def _perhaps(scope: Scope, node: Node) -> Condition:
    return Condition(scope.source.site(node), 0, 0, scope.source.excerpt(node))


def _is_name(node: Node) -> bool:
    while node.type == "typed_expression" and parts(node):
        node = parts(node)[0]
    return node.type in {"identifier", "field_expression", "tuple_expression", "open_tuple"} or (
        node.type == "index_expression"
    )


def _targets(node: Node) -> list[Node]:
    if node.type in {"tuple_expression", "open_tuple"}:
        return parts(node)
    if node.type == "typed_expression" and parts(node):
        return [parts(node)[0]]
    return [node]


def _alias_parts(node: Node) -> list[Node]:
    return parts(node) if node.type == "import_alias" else [node]


def _import_path(source: JuliaSource, node: Node) -> ImportPath | None:
    names = dotted_name(source, node)
    if names is None or not names[-1]:
        return None
    text = source.text(node)
    return ImportPath(len(text) - len(text.lstrip(".")), names)
