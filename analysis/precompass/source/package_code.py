"""The code of one package put together: its files by ``include``, its modules, what they define.

Only files that can matter are parsed: those that mention one of the names looked for, and
those that include others. The names grow while the code is read (a function that reads a
preference is looked for in turn), and files put aside are then looked at again.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from precompass.files import disk
from precompass.source.evaluation import Evaluation, Scope, bound_names
from precompass.source.modules import (
    Condition,
    Conditions,
    Definition,
    GlobalValue,
    JuliaModule,
    Meaning,
    Member,
    Statement,
    is_nameless,
    lookup,
    resolve,
)
from precompass.source.name_search import (
    Occurrences,
    changed_names,
    holds_any,
    reached,
    word_of,
    words_of,
)
from precompass.source.package_files import PackageFiles
from precompass.source.syntax import (
    MAX_REREAD,
    Argument,
    Assignment,
    Binding,
    Block,
    Boolean,
    Broken,
    Call,
    Catch,
    Code,
    Collection,
    Comprehension,
    Declaration,
    ExportStatement,
    For,
    Function,
    FunctionKind,
    If,
    ImportItem,
    ImportPath,
    ImportStatement,
    Integer,
    Interpolation,
    JuliaSource,
    Let,
    MacroCall,
    Module,
    Name,
    Named,
    Offsets,
    Operation,
    Quote,
    Site,
    String,
    Struct,
    Try,
    Typed,
    While,
    name_of,
    parse_julia,
)
from precompass.source.token_count import count_tokens
from precompass.source.values import Text, Unknown, alternatives

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
ONLY_NAMES = frozenset(
    {"precompile", "nameof", "typeof", "methods", "hasmethod", "which", "isdefined", "applicable"}
    | {"@doc", "@deprecate", "@deprecate_binding", "@public", "@isdefined"}
)
"""What names functions without a call of them."""
_COMPARISONS = frozenset({"===", "!==", "==", "!=", "≡", "≢", "in", "∈", "isa"})
_BLOCKS = (Block, Let, Try, Declaration, Broken)
_STORED_FUNCTIONS = (FunctionKind.ARROW, FunctionKind.LONG)  # f = x -> …, f = function (x) … end
_MAX_VARIABLES = 200  # of one block, each known to what is defined behind it
_MAX_INCLUDES = 4_000  # the same file may be included many times
_INCLUDE = re.compile(rb"\binclude(?:_string)?\b|\bevalfile\b|\bMeta\.parse|\bparseall\b")
"""What takes in other code: from a file, or from a text."""
_MAY_INCLUDE = re.compile(rb"include|evalfile|Meta\.parse|parseall")
"""The same as a part of any word, which is found sooner."""
_IMPORT = re.compile(rb"\b(?:import|using)\b")
_PARSERS = frozenset({"parseall", "parseatom", "parsestmt"})


def may_include(text: bytes) -> bool:
    """Tell whether a file may take in other code: where it does, it says so with a known word."""
    return _MAY_INCLUDE.search(text) is not None


class Problem(msgspec.Struct, frozen=True):
    """A place where reading had to stop, and why. What it holds is undecided."""

    site: Site
    text: str


class Import(msgspec.Struct, frozen=True):
    """A package that is imported while a module is evaluated."""

    package: str
    conditions: Conditions


class Load(msgspec.Struct, frozen=True):
    """A place where a package is loaded in any case, as soon as the code around it runs."""

    package: str
    site: Site


class _File(msgspec.Struct, frozen=True):
    """A file on its way into a module."""

    path: Path
    module: JuliaModule
    conditions: Conditions
    within: Definition | None
    chain: tuple[Path, ...]  # the files that include it, outermost first
    site: Site | None = None  # of the include; None for the entry file
    may_fail: bool = False  # inside try: the package compiles without it, too


class _Place(msgspec.Struct):
    """Where the collector is."""

    scope: Scope
    conditions: Conditions
    within: Definition | None
    chain: tuple[Path, ...]
    local: bool = False  # inside let or a loop: variables are not the module's
    may_fail: bool = False  # inside try
    constant: bool = False  # behind const
    reexport: bool = False  # inside @reexport
    generated: bool = False  # inside @generated
    evaluated: bool = False  # inside eval(…): quoted code runs
    dormant: bool = False  # inside quoted code that nobody runs as far as can be seen

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
        loads: where a package is imported on no condition, and an error is not caught.
        missing: the files that are included in any case, and are not there.
        exhausted: whether there were so many statements that the rest was not collected.
    """

    def __init__(self, name: str, files: PackageFiles, names: Iterable[str]) -> None:
        self.name = name
        self.files = files
        self.evaluation = Evaluation(self._is_changed)
        self.top = JuliaModule("")
        self.statements: list[Statement] = []
        self.definitions: list[Definition] = []
        self.problems: list[Problem] = []
        self.missing: list[Path] = []
        self.imports: list[Import] = []
        self.loads: list[Load] = []
        self.sources: dict[Path, JuliaSource] = {}
        self._words = {word for name in names for word in words_of(name)}
        self._occurrences: dict[JuliaSource, Occurrences] = {}
        self._taken_in: dict[JuliaSource, Offsets] = {}
        self._aside: list[_File] = []
        self._pending: deque[_File] = deque()
        self._computed_includes: list[tuple[_File, Path]] = []
        self._changed: set[bytes] = set()
        self._not_searched: list[bytes] = []
        self._included = 0
        self.exhausted = False
        self._pieces = 0
        self._parsed_bytes = 0
        self._parsed_tokens = 0
        self._reread_left = 2 * MAX_REREAD

    @property
    def root(self) -> JuliaModule:
        """The module that is the package."""
        if self.name in self.top.children:
            return self.top.children[self.name]
        return next(iter(self.top.children.values()), self.top)

    def _count_piece(self) -> None:
        """Count a statement; behind the last that is followed, no more are, of whatever file."""
        self._pieces += 1
        limits = self.files.limits
        if self._pieces > limits.pieces + self._parsed_bytes // limits.piece_bytes:
            self.exhausted = True

    def is_wanted(self, name: str) -> bool:
        """Tell whether a name is looked for."""
        return word_of(name) in self._words

    def may_mention(self, data: bytes) -> bool:
        """Tell whether the bytes of a file may hold one of the names looked for."""
        return holds_any(data, self._words)

    def mentions(self, code: Code) -> bool:
        """Tell whether a piece of code holds one of the names looked for."""
        source = code.source
        occurrences = self._occurrences.get(source)
        if occurrences is None:
            occurrences = self._occurrences[source] = Occurrences.of(source.data, self._words)
        return occurrences.any_between(code.start, code.end)

    def _takes_in(self, code: Code) -> bool:
        """Tell whether a piece of code takes in other code, of a file or a text."""
        source = code.source
        places = self._taken_in.get(source)
        if places is None:
            places = self._taken_in[source] = Offsets.of(_MAY_INCLUDE, source.data)
        return places.any_between(code.start, code.end) and bool(_INCLUDE.search(code.data))

    def mentions_between(self, source: JuliaSource, start: int, end: int) -> bool:
        """Tell whether a part of a file holds one of the names looked for."""
        return Occurrences.of(source.data[start:end], self._words).any_between(0, end - start)

    def is_relevant(self, definition: Definition) -> bool:
        """Tell whether a function mentions what is looked for."""
        if not definition.included and not self.mentions(definition.code):
            return False
        return any(self.mentions(code) for code in definition.all_code())

    def read(self, entry: Path, *, learns: bool = True) -> None:
        """Read the entry file and all that it includes.

        Args:
            entry: the file.
            learns: whether what mentions a name that is looked for is looked for in turn.
        """
        self._pending.append(_File(entry, self.top, (), None, ()))
        self._drain()
        self._read_computed_includes()
        while learns and self._learn():
            self._drain()
            self._read_computed_includes()

    def _drain(self) -> None:
        while self._pending:
            file = self._pending.popleft()
            data = self.files.read(file.path)
            if data is None:
                self._note_unread(file)
                continue
            self._not_searched.append(data)
            if not file.chain or _INCLUDE.search(data) or self.may_mention(data):
                self._read_file(file, data)
            else:
                self._aside.append(file)

    def _note_unread(self, file: _File) -> None:
        """Note that an included file was not read: what it holds is undecided.

        A file that is not there holds nothing if the code may do without it, as in
        ``isfile(path) && include(path)``. Any other may still be made, by a build for example.
        """
        site = file.site or Site(file.path, 0, 0)
        if disk.is_there(file.path):
            reason = self.files.refused.get(file.path, "not readable")
            self.problems.append(Problem(site, f"{file.path.name} was not read: {reason}"))
        elif file.within is None and not file.conditions and not file.may_fail:
            self.missing.append(file.path)
            self.problems.append(Problem(site, f"{file.path.name} does not exist"))
            self.files.julia_files(file.path.parent)  # so that a kept answer ends with its coming

    def _learn(self) -> bool:
        """Look for other names of what is looked for, and for functions that mention it.

        Return whether there are files to be read that may mention the new ones.
        """
        uses: dict[bytes, set[bytes]] = {}
        for module in self.modules():
            for alias, path in module.imports.items():
                uses.setdefault(word_of(path.names[-1]), set()).add(word_of(alias))
            for alias, values in module.values.items():
                for value in values:
                    for word in _other_names(value):
                        uses.setdefault(word, set()).add(word_of(alias))
        defined = [(d, words_of(d.name)) for d in self.definitions if not d.extends]
        words = self._words.union(uses, *uses.values(), *(named for _, named in defined))
        occurrences = {
            source: Occurrences.of(source.data, words) for source in self.sources.values()
        }
        # First with what a head says besides: what is not reached so is not reached at all.
        may_use = {word: set(names) for word, names in uses.items()}
        _add_uses(may_use, ((one.around(), named) for one, named in defined), occurrences)
        may_be_found = reached(self._words, may_use)
        reachable = (pair for pair in defined if not may_be_found.isdisjoint(pair[1]))
        _add_uses(uses, ((one.all_code(), named) for one, named in reachable), occurrences)
        found = reached(self._words, uses) - {b"Preferences"}
        self._occurrences = {source: places.only(found) for source, places in occurrences.items()}
        new = found - self._words
        self._words = found
        if not new or not (self._aside or self._computed_includes):
            return False
        aside, self._aside = self._aside, []
        self._pending.extend(aside)
        return True

    def _is_changed(self, name: str) -> bool:
        """Tell whether code adds to a collection: ``push!(KEYS, "a")``, ``KEYS[1] = "a"``."""
        while self._not_searched:
            self._changed |= changed_names(self._not_searched.pop())
        return name.encode() in self._changed

    def let_go(self) -> None:
        """Let go of the code, of which no more is asked.

        Files hold their code, which holds them, and so do modules and their definitions: to find
        that out, the collector would look at everything, for a sixth of the time.
        """
        for source in self.sources.values():
            source.let_go()
        for module in self.modules():
            module.children.clear()
            module.definitions.clear()
            module.values.clear()
        self.evaluation = Evaluation()  # the other one asks this package's code

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
                data = self.files.read(path) if path not in self.sources else b""
                if data is None:
                    self._note_unread(replace(file, path=path))
                elif self.may_mention(data):
                    self._pending.append(replace(file, path=path))
            if folder in self.files.refused:
                self._note_unread(replace(file, path=folder))
        self._drain()

    def _read_file(self, file: _File, data: bytes) -> None:
        source = self.sources.get(file.path)
        if source is None:
            limits = self.files.limits
            self._parsed_bytes += len(data)
            self._parsed_tokens += count_tokens(data)
            if (
                self._parsed_bytes > limits.parsed_bytes
                or self._parsed_tokens > limits.parsed_tokens
            ):
                self.problems.append(Problem(Site(file.path, 0, 0), "not read: too much source"))
                return
            source = parse_julia(file.path, data, min(MAX_REREAD, self._reread_left))
            self._reread_left -= source.bytes_read
            self.sources[file.path] = source
            if not source.complete:
                self.problems.append(Problem(Site(file.path, 0, 0), "too tangled to parse"))
        place = _Place(
            Scope(file.module), file.conditions, file.within, file.chain, may_fail=file.may_fail
        )
        for statement in source.statements:
            if self.exhausted:
                return
            self._collect_top(statement, place, 0)

    # Collecting

    def _collect_top(self, code: Code, place: _Place, depth: int) -> None:
        """Collect one statement of a module, and keep it to be run."""
        self._count_piece()
        if isinstance(code, Module):
            self._collect_module(code, place, depth)
            return
        self._collect(code, place, depth)
        statement = Statement(code, place.scope.module, place.conditions)
        if place.within is not None:
            place.within.included.append(statement)
        else:
            self.statements.append(statement)

    def _collect_all(self, statements: Iterable[Code], place: _Place, depth: int) -> None:
        for statement in statements:
            self._collect(statement, place, depth)

    def _collect(self, code: Code, place: _Place, depth: int) -> None:
        """Note definitions, imports and includes in a statement, however nested."""
        if depth > self.files.limits.depth:
            self._note_too_deep(code)
            return
        if self.exhausted:
            return
        collect = _COLLECTORS.get(type(code), PackageCode._collect_other)
        collect(self, code, place, depth + 1)

    def _note_too_deep(self, code: Code) -> None:
        """Note code that is nested deeper than it is followed, if it loads other code or names.

        Calls and definitions are found there all the same, where the code that holds them is run.
        """
        loads = self._takes_in(code) or (
            _IMPORT.search(code.data) and any(code.search(ImportStatement))
        )
        if loads:
            self.problems.append(Problem(code.site, "too deeply nested: not followed"))

    def _collect_nothing(self, code: Code, place: _Place, depth: int) -> None:
        """A literal defines nothing."""

    def _collect_name(self, code: Name, place: _Place, _depth: int) -> None:
        """Note ``include`` itself as a value: files that are included by it are not found."""
        names = code.names
        if names[-1] != "include" or names[0] in place.scope.local:
            return
        module = resolve(place.scope.module, names[:-1]) if len(names) > 1 else place.scope.module
        if isinstance(module, JuliaModule | Member):
            self.problems.append(Problem(code.site, f"include has another name: {code.excerpt()}"))

    def _collect_named(self, code: Named, place: _Place, depth: int) -> None:
        self._collect(code.value, place, depth)

    def _collect_quote(self, code: Quote, place: _Place, depth: int) -> None:
        """Quoted code defines nothing where it is written, but may include files."""
        if place.evaluated:
            self._collect_all(code.children, replace(place, evaluated=False), depth)
        else:
            dormant = replace(place.under(_perhaps(code)), dormant=True)
            self._collect_includes_quoted(code, dormant)

    def _collect_comprehension(self, code: Comprehension, place: _Place, depth: int) -> None:
        if not self._takes_in(code):
            return
        for clause in code.clauses:
            if clause.condition is None:
                place = self._in_loop(clause.bindings, place, depth)
            else:
                self._collect(clause.condition, place, depth)
                place = place.under(_perhaps(clause))
        self._collect_all(code.values, place, depth)

    def _collect_module(self, code: Module, place: _Place, depth: int) -> None:
        name = code.name
        if depth > self.files.limits.depth:
            self._note_too_deep(code)
            return
        if name is None:
            return
        parent = place.scope.module
        module = parent.children.get(name)
        if module is None:
            module = parent.children[name] = JuliaModule(name, parent)
        inner = replace(place, scope=Scope(module))
        for statement in code.each_statement():
            if self.exhausted:
                return
            self._collect_top(statement, inner, depth + 1)

    def _collect_export(self, code: ExportStatement, place: _Place, _depth: int) -> None:
        if code.is_export:
            place.scope.module.exports.update(code.names)

    def _collect_if(self, code: If, place: _Place, depth: int) -> None:
        for branch in code.branches:
            if branch.condition is not None:
                self._collect(branch.condition, place, depth)
        for arm in self.evaluation.arms(code, place.scope):
            self._collect_all(arm.statements, place.under(arm.condition), depth)

    def _collect_for(self, code: For, place: _Place, depth: int) -> None:
        inner = self._in_loop(code.bindings, place, depth)
        self._collect_in_turn(code.statements, inner, depth)

    def _collect_in_turn(self, statements: Iterable[Code], place: _Place, depth: int) -> None:
        """Note what is in the statements of a block that has variables of its own."""
        for code in statements:
            self._collect(code, place, depth)
            is_known = len(place.scope.local) < _MAX_VARIABLES
            if is_known and isinstance(code, Assignment) and not code.updates:
                value = self.evaluation.value(code.value, place.scope)
                scope = place.scope.binding(bound_names(code.target, value))
                place = replace(place, scope=scope)

    def _in_loop(self, bindings: tuple[Binding, ...], place: _Place, depth: int) -> _Place:
        self._collect_all((binding.value for binding in bindings), place, depth)
        scope, condition = self.evaluation.loop(bindings, place.scope)
        return replace(place, scope=scope, local=True).under(condition)

    def _collect_perhaps(self, code: While | Catch, place: _Place, depth: int) -> None:
        inner = replace(place, local=True).under(_perhaps(code))
        self._collect_all(code.children, inner, depth)

    def _collect_operation(self, code: Operation, place: _Place, depth: int) -> None:
        pipes = code.operator in {"|>", ".|>"} and len(code.operands) == 2
        if pipes and _means_include(code.operands[-1]):
            include = self._include if code.operator == "|>" else self._include_each
            include(code, code.operands[0], place)
            return
        if not code.is_short_circuit or len(code.operands) != 2:
            self._collect_operands(code, place, depth)
            return
        first, second = code.operands
        self._collect(first, place, depth)
        if self._takes_in(code):
            if self.evaluation.decide(first, place.scope) is None:
                place = place.under(_perhaps(first))
            self._collect(second, place, depth)

    def _collect_operands(self, code: Operation, place: _Place, depth: int) -> None:
        if self._takes_in(code):
            compares = code.operator in _COMPARISONS
            operands = _without_names(code.operands) if compares else code.operands
            self._collect_all(operands, place, depth)

    def _collect_call(self, code: Call, place: _Place, depth: int) -> None:
        names = code.names
        called = names[-1] if names is not None else ""
        if called in {"include", "evalfile"}:
            self._collect_include(code, place)
        elif names is not None and is_parser(names):
            self._collect_parsed(code, place)
        elif called == "include_string":
            self._collect_text(code, place)
        elif called in {"map", "foreach"} and _passes_include(code):
            self._include_each(code, code.positional[-1], place)
        elif called == "Expr" and _makes_include(code):
            self._include(code, code.positional[-1], place.under(_perhaps(code)))
        elif called == "eval":
            self._collect_all(code.positional, replace(place, evaluated=True), depth)
        elif called in ONLY_NAMES:
            self._collect_all(_without_names(code.positional), place, depth)
        else:
            self._collect_other(code, place, depth)
            if isinstance(code.block, Function) and b"@eval" in code.block.data:
                self._collect_all(code.block.statements, replace(place, local=True), depth)

    def _collect_other(self, code: Code, place: _Place, depth: int) -> None:
        if isinstance(code, _BLOCKS) or self._takes_in(code):
            self._collect_all(code.children, place, depth)

    def _collect_local(self, code: Let | Try, place: _Place, depth: int) -> None:
        may_fail = place.may_fail or isinstance(code, Try)
        inner = replace(place, local=True, may_fail=may_fail)
        if isinstance(code, Let):
            for binding in code.bindings:
                self._collect(binding.value, inner, depth)
                value = self.evaluation.value(binding.value, inner.scope)
                scope = inner.scope.binding(bound_names(binding.target, value))
                inner = replace(inner, scope=scope)
            self._collect_in_turn(code.statements, inner, depth)
        else:
            self._collect_all(code.children, inner, depth)

    def _collect_declaration(self, code: Declaration, place: _Place, depth: int) -> None:
        match code.word:
            case "const":
                place = replace(place, constant=True)
            case "global":
                place = replace(place, local=False)
            case _:
                place = replace(place, local=True)
        self._collect_all(code.declared, place, depth)

    def _collect_macro_call(self, code: MacroCall, place: _Place, depth: int) -> None:
        name = code.names
        if name is None or name[-1] == "@require":  # Requires.jl: not while the package compiles
            return
        if name[-1] not in TRANSPARENT_MACROS:
            place = place.under(_perhaps(code))
        if name[-1] == "@reexport":
            place = replace(place, reexport=True)
        if name[-1] == "@generated":
            place = replace(place, generated=True)
        self._collect_all(code.arguments, place, depth)

    def _collect_import(self, code: ImportStatement, place: _Place, _depth: int) -> None:
        module = place.scope.module
        for item in code.items:
            if item.selected is not None:
                for one in item.selected:
                    path = ImportPath(item.path.dots, (*item.path.names, *one.names))
                    module.imports[one.alias] = path
                    if one.names[-1] == "include" and one.alias != "include":
                        text = f"include has another name: {one.alias}"
                        self.problems.append(Problem(code.site, text))
            else:
                self._import_module(item, module, code, reexport=place.reexport)
            if item.path.dots == 0 and place.within is None:
                package = item.path.names[0]
                self.imports.append(Import(package, place.conditions))
                if not place.conditions and not place.may_fail:
                    self.loads.append(Load(package, code.site))

    def _import_module(
        self, item: ImportItem, module: JuliaModule, code: ImportStatement, *, reexport: bool
    ) -> None:
        if item.alias is not None:
            module.imports[item.alias] = item.path
            return
        if item.path.names[-1] != module.name:
            module.imports.setdefault(item.path.names[-1], item.path)
        if code.is_using:
            module.used.append(item.path)
            if reexport:
                module.reexported.append(item.path)

    # Definitions

    def _define(
        self,
        names: tuple[str, ...],
        code: Code,
        function: Function | None,
        place: _Place,
        depth: int,
        defaults: tuple[Argument, ...] = (),
    ) -> None:
        scope = place.scope
        name = names[-1]
        home: Meaning | None = scope.module
        if len(names) > 1:
            home = resolve(scope.module, names[:-1])
        elif name in scope.module.imports:
            imported = lookup(scope.module, name)
            is_own = isinstance(imported, tuple) and bool(imported)
            home = imported[0].module if isinstance(imported, tuple) and is_own else None
            home = imported if isinstance(imported, Member) else home
        if is_nameless(name):
            home = None
        extends = not isinstance(home, JuliaModule)
        package = home.package if isinstance(home, Member) else None
        definition = Definition(
            name, scope.module, code, function, defaults, extends, package, local=scope.local
        )
        definition.is_generated = place.generated or (
            code.source.has_generated and any(map(_is_generated_in_part, definition.body))
        )
        self.definitions.append(definition)
        self._count_piece()
        if isinstance(home, JuliaModule):
            home.definitions.setdefault(name, []).append(definition)
        if self._takes_in(code):
            self._collect_includes_within(definition, place, depth)

    def _collect_function(self, code: Function, place: _Place, depth: int) -> None:
        if code.names is not None:
            self._define(code.names, code, code, place, depth)
        elif isinstance(code.called, Interpolation):
            for name in self._names_made(code.called, place):
                is_macro = code.kind is FunctionKind.MACRO
                self._define(("@" + name if is_macro else name,), code, code, place, depth)
        elif code.called is not None:  # (s::S)(x) = …
            self._define((code.called.text,), code, code, place, depth)
        else:
            self._collect_other(code, place.under(_perhaps(code)), depth)

    def _names_made(self, code: Interpolation, place: _Place) -> Iterator[str]:
        """Yield the names that ``$name`` gives what code defines; its text where none is known."""
        value = self.evaluation.value(code, place.scope)
        for one, _ in alternatives(value):
            yield one.value if isinstance(one, Text) else code.text

    def _collect_includes_within(self, definition: Definition, place: _Place, depth: int) -> None:
        """An ``include`` in a function runs when the function does.

        One in a type of its signature, or interpolated by ``@eval``, runs where it is defined.
        """
        function = definition.function
        if function is not None:
            self._collect_taken_in(function.types, place, depth)
        if function is not None and place.within is None:
            interpolated = function.search(Interpolation, skip=(Interpolation, String, Quote))
            self._collect_taken_in(interpolated, place, depth)
        if definition.is_macro:
            self._collect_includes_expanded(definition, place)
        signature = definition.signature
        arguments = (*signature.positional, *signature.keywords)
        names = [item.name for item in arguments]
        names += [item.target.text for code in definition.body for item in _assignments(code)]
        scope = place.scope.binding({name: Unknown(name) for name in names})
        inner = replace(place, scope=scope, within=definition, conditions=(), generated=False)
        self._collect_taken_in(definition.body, inner, depth)
        for item in arguments:
            if item.default is not None:
                perhaps = inner.under(_perhaps(item.default))
                self._collect_taken_in((item.default,), perhaps, depth)

    def _collect_taken_in(self, codes: Iterable[Code], place: _Place, depth: int) -> None:
        for code in codes:
            if self._takes_in(code):
                self._collect(code, place, depth)

    def _collect_includes_expanded(self, definition: Definition, place: _Place) -> None:
        """An ``include`` in the code that a macro returns runs where the macro is used."""
        for code in definition.body:
            self._collect_includes_quoted(code, place.under(_perhaps(definition.code)))

    def _collect_includes_quoted(self, code: Code, place: _Place) -> None:
        """An ``include`` in quoted code runs where that is evaluated."""
        for quoted in code.search(Quote, skip=(Quote,)) if self._takes_in(code) else ():
            for call in quoted.search(Call):
                if call.names is not None and call.names[-1] == "include":
                    self._collect_include(call, place)

    def _collect_assignment(self, code: Assignment, place: _Place, depth: int) -> None:
        names, value = name_of(code.target), code.value
        constant = place.constant
        if constant:
            place = replace(place, constant=False)
        if names is not None and isinstance(value, Function) and value.kind in _STORED_FUNCTIONS:
            self._define(names, code, value, place, depth)
            return
        if isinstance(code.target, Interpolation) and isinstance(value, Function):
            for name in self._names_made(code.target, place):
                self._define((name,), code, value, place, depth)
            return
        if place.within is None and not place.local and not code.updates:
            for index, target in enumerate(_targets(code.target)):
                if isinstance(target, Name) and len(target.names) == 1:
                    part = None if target is code.target else index
                    self._count_piece()
                    found = GlobalValue(value, place.scope.module, part, constant)
                    place.scope.module.values.setdefault(target.names[0], []).append(found)
        self._collect(value, place, depth)

    def _collect_struct(self, code: Struct, place: _Place, depth: int) -> None:
        if code.names is not None:
            self._define_constructors(code.names, code, place, depth)
        elif isinstance(code.called, Interpolation):
            for name in self._names_made(code.called, place):
                self._define_constructors((name,), code, place, depth)

    def _define_constructors(
        self, names: tuple[str, ...], code: Struct, place: _Place, depth: int
    ) -> None:
        defaults: list[Argument] = []
        for statement in code.statements:
            if isinstance(statement, Assignment):  # by @kwdef, or another macro: @with_kw, @option
                name = name_of(_targets(statement.target)[0])
                if name is not None:
                    defaults.append(Argument(name[-1], statement.value))
            elif isinstance(statement, Function):
                self._define(statement.names or names, statement, statement, place, depth)
        if defaults:
            self._define(names, code, None, place, depth, tuple(defaults))

    # Includes

    def _collect_include(self, code: Call, place: _Place) -> None:
        if code.positional:
            include = self._include_each if code.is_broadcast else self._include
            include(code, code.positional[-1], place)

    def _collect_text(self, code: Call, place: _Place) -> None:
        """Note an ``include_string`` of a text that is not written there: of a file, for example.

        ``include_string([mapexpr,] module, code, [filename])``; in a text that is written there,
        reads are looked for elsewhere.
        """
        has_function = len(code.positional) > 2 and isinstance(code.positional[1], MacroCall)
        texts = code.positional[2:3] if has_function else code.positional[1:2]
        is_written = any(isinstance(one, String) and not one.interpolations for one in texts)
        if place.within is None and not is_written:
            self.problems.append(Problem(code.site, f"computed code: {code.excerpt()}"))

    def _collect_parsed(self, code: Call, place: _Place) -> None:
        """Note a text that is parsed, if it is not known: it may be evaluated."""
        for argument in code.positional[:1] if place.within is None else ():
            values = alternatives(self.evaluation.value(argument, place.scope))
            if not all(isinstance(value, Text) for value, _ in values):
                self.problems.append(Problem(code.site, f"computed code: {code.excerpt()}"))

    def _include_each(self, code: Code, collection: Code, place: _Place) -> None:
        for item in collection.items if isinstance(collection, Collection) else (collection,):
            self._include(code, item, place)

    def _include(self, code: Code, argument: Code, place: _Place) -> None:
        scope = place.scope
        site, path = code.site, code.source.path
        folder = path.parent
        chain = (*place.chain, path)
        file = _File(
            folder, scope.module, place.conditions, place.within, chain, site, place.may_fail
        )
        for value, arm in alternatives(self.evaluation.value(argument, scope)):
            conditions = place.conditions
            if arm is not None:
                choice = Condition(site, arm[0], arm[1], argument.excerpt())
                conditions = (*conditions, choice)
            if not isinstance(value, Text):
                found = replace(file, conditions=conditions)
                self._include_computed(site, argument, found, dormant=place.dormant)
            elif not self._include_file(site, value.value, replace(file, conditions=conditions)):
                return

    def _include_computed(
        self, site: Site, argument: Code, file: _File, *, dormant: bool = False
    ) -> None:
        """Note an ``include`` of a path that is computed."""
        text = argument.excerpt()
        # A function may include what it is told to; a file of the package, as far as it matters.
        if not dormant and file.within is None and not self._stays_below(argument, file):
            self.problems.append(Problem(site, f"include of a computed path: {text}"))
        perhaps = Condition(site, 0, 0, f"include({text})")
        found = replace(file, conditions=(*file.conditions, perhaps))
        self._computed_includes.append((found, file.path))

    def _stays_below(self, argument: Code, file: _File) -> bool:
        """Tell whether a computed path leads to a file below the one that includes it.

        Those are read in any case: ``joinpath(@__DIR__, "rules", name)``.
        """
        match argument:
            case Call(names=("joinpath",), positional=(first, *rest)):
                values = [self.evaluation.value(item, Scope(file.module)) for item in rest]
                known = [value.value for value in values if isinstance(value, Text)]
                starts_here = isinstance(first, MacroCall) and first.names == ("@__DIR__",)
                return starts_here and not any(".." in text or "/" in text[:1] for text in known)
            case _:
                return False

    def _include_file(self, site: Site, name: str, file: _File) -> bool:
        """Take in a file by its name; tell whether there may be more of them."""
        if not name:
            return True
        self._included += 1
        try:
            path = Path(file.path, name)
        except ValueError:
            return True
        if path in file.chain or len(file.chain) > self.files.limits.depth:
            self.problems.append(Problem(site, "a file that includes itself"))
        elif self._included > _MAX_INCLUDES:
            self.problems.append(Problem(site, "too many includes"))
            return False
        else:
            self._pending.append(replace(file, path=Path(os.path.normpath(path))))
        return True


_COLLECTORS: dict[type[Code], Callable[[PackageCode, Any, _Place, int], None]] = {
    Module: PackageCode._collect_module,
    ImportStatement: PackageCode._collect_import,
    ExportStatement: PackageCode._collect_export,
    Function: PackageCode._collect_function,
    Struct: PackageCode._collect_struct,
    Assignment: PackageCode._collect_assignment,
    If: PackageCode._collect_if,
    For: PackageCode._collect_for,
    While: PackageCode._collect_perhaps,
    Catch: PackageCode._collect_perhaps,
    Let: PackageCode._collect_local,
    Try: PackageCode._collect_local,
    Declaration: PackageCode._collect_declaration,
    MacroCall: PackageCode._collect_macro_call,
    Operation: PackageCode._collect_operation,
    Call: PackageCode._collect_call,
    Quote: PackageCode._collect_quote,
    Name: PackageCode._collect_name,
    Named: PackageCode._collect_named,
    Integer: PackageCode._collect_nothing,
    Boolean: PackageCode._collect_nothing,
    Comprehension: PackageCode._collect_comprehension,
}


def is_parser(names: tuple[str, ...]) -> bool:
    """Tell whether a function makes code of a text."""
    return names[-1] in _PARSERS or names[-2:] == ("Meta", "parse")


def _is_generated_in_part(code: Code) -> bool:
    """Tell whether code has an ``if @generated``: one branch makes code, the other one runs."""
    return b"@generated" in code.data and any(
        macro.names is not None and macro.names[-1] == "@generated" and not macro.arguments
        for macro in code.search(MacroCall)
    )


def _other_names(value: GlobalValue) -> tuple[bytes, ...]:
    """Return the words that a global is another name of."""
    names = name_of(value.code)
    if names is not None:
        return (word_of(names[-1]),)
    # const preferences = Base.get_preferences(uuid): what is asked of it matters as well
    if b"get_preferences" in value.code.data:
        return (b"get_preferences",)
    return ()


def _add_uses(
    uses: dict[bytes, set[bytes]],
    defined: Iterable[tuple[Iterable[Code], tuple[bytes, ...]]],
    occurrences: Mapping[JuliaSource, Occurrences],
) -> None:
    """Add the words that the code of each definition holds, and the words of its name."""
    for codes, named in defined:
        for code in codes:
            for word in occurrences[code.source].between(code.start, code.end):
                uses.setdefault(word, set()).update(named)


def _perhaps(code: Code) -> Condition:
    return Condition(code.site, 0, 0, code.excerpt())


def _passes_include(code: Call) -> bool:
    """Tell whether a call passes ``include`` itself to another function."""
    return bool(code.positional) and _means_include(code.positional[0])


def _makes_include(code: Call) -> bool:
    """Tell whether a call makes the code of an include: ``Expr(:call, :include, path)``."""
    arguments = code.positional
    return (
        len(arguments) > 2 and isinstance(arguments[1], Quote) and arguments[1].symbol == "include"
    )


def _assignments(code: Code) -> Iterator[Assignment]:
    """Yield the assignments in a body of code; not those in functions in it."""
    return code.search(Assignment, skip=(Function,)) if b"=" in code.data else iter(())


def _without_names(codes: Iterable[Code]) -> Iterator[Code]:
    """Yield the code that is more than a name."""
    return (code for code in codes if not isinstance(code, Name))


def _means_include(code: Code) -> bool:
    return isinstance(code, Name) and code.names[-1] == "include"


def _targets(code: Code) -> tuple[Code, ...]:
    match code:
        case Collection():
            return code.items
        case Typed():
            return (code.value,)
        case _:
            return (code,)
