"""What the code of a package does that matters here, statement by statement.

Each body of code (the top level of the package, a function, a macro) is read once, on its
own. What it does is a list of effects: preferences read, calls of functions that may read
some, workloads run. Values that a caller passes stay open in it (``Parameter``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TypeAlias

from tree_sitter import Node

from precompass.source.evaluation import Scope, bound_names
from precompass.source.modules import (
    BASE,
    PREFERENCE_READERS,
    Condition,
    Conditions,
    Definition,
    Meaning,
    Member,
    Statement,
    candidates,
    read_parameters,
    resolve,
)
from precompass.source.package_code import TRANSPARENT_MACROS, PackageCode
from precompass.source.syntax import (
    FUNCTION_NODES,
    Site,
    descendants,
    dotted_name,
    macro_call,
    parts,
)
from precompass.source.values import (
    OWN,
    Expander,
    Items,
    Parameter,
    PreferenceTable,
    Unknown,
    Value,
    either,
    element,
)

WORKLOAD_MACROS = {
    "PrecompileTools": frozenset({"@compile_workload", "@setup_workload"}),
    "SnoopPrecompile": frozenset({"@precompile_all_calls", "@precompile_setup"}),
}
KNOWN_PACKAGES = frozenset({"Preferences", "PrecompileTools", "SnoopPrecompile", "JLLWrappers"})

_CALLS_ITS_FUNCTION = frozenset(
    {"lock", "open", "cd", "withenv", "mktemp", "mktempdir", "invokelatest"}
    | {"task_local_storage", "redirect_stdout", "redirect_stderr", "redirect_stdio"}
    | {"with_logger", "with", "fetch"}
)
_CALLS_FOR_EACH = frozenset({"map", "foreach", "filter", "count", "sum", "mapreduce"})
_CALLS_FOR_SOME = frozenset({"any", "all", "findfirst", "findlast", "first"})
_DEFINITIONS = frozenset(
    {"module_definition", "function_definition", "macro_definition", "struct_definition"}
)
_LEAVES = frozenset({"return_statement", "break_statement", "continue_statement"})
_BRANCHES = frozenset(
    {"if_statement", "binary_expression", "ternary_expression", "for_statement", "try_statement"}
    | {"while_statement", "let_statement", "compound_statement", "macrocall_expression"}
    | {"parenthesized_expression"}
)


class Recording(Enum):
    """What happens to a preference that is asked for while a package compiles."""

    RECORDED = "recorded"
    DISABLED = "disable_invalidation"  # Preferences 1.5.2: read, and not recorded
    DEFAULT = "force_compiletime_default"  # Preferences after 1.5.2: not even read
    BASE = "Base.get_preferences"  # read, and not recorded: only Preferences records


class Part(Enum):
    """What of a definition takes effect: its own body, or the code that it returns."""

    EXECUTED = "executed"
    EXPANDED = "expanded"


@dataclass(frozen=True, slots=True)
class Read:
    """A preference is asked for.

    Attributes:
        unless: the parameter whose default asks for it; it is not asked for if one is passed.
        via: the functions and macros through which the code gets there, outermost first.
    """

    owner: Value
    key: Value
    site: Site
    conditions: Conditions
    recording: Recording = Recording.RECORDED
    default: str | None = None
    via: tuple[str, ...] = ()
    unless: str | None = None


@dataclass(frozen=True, slots=True)
class OutsideCall:
    """A function or macro of another package is called: of one of *packages*.

    *arguments* is None where they are not known. *exported* tells that the name is used bare
    and imported by no name: only what the package exports can be meant. *expander* is the
    module in which a macro is expanded.
    """

    packages: tuple[str, ...]
    path: tuple[str, ...]
    part: Part
    arguments: tuple[Value, ...] | None
    keywords: tuple[tuple[str, Value], ...]
    site: Site
    conditions: Conditions
    exported: bool = False
    expander: Value = OWN
    via: tuple[str, ...] = ()
    unless: str | None = None


@dataclass(frozen=True, slots=True)
class WorkloadRun:
    """A workload macro is used."""

    package: str
    macro: str
    site: Site
    conditions: Conditions
    via: tuple[str, ...] = ()
    unless: str | None = None


Effect: TypeAlias = Read | OutsideCall | WorkloadRun


@dataclass(frozen=True, slots=True)
class LocalCall:
    """A function or macro of this package is called; *arguments* is None if unknown."""

    definitions: tuple[Definition, ...]
    part: Part
    arguments: tuple[Value, ...] | None
    keywords: tuple[tuple[str, Value], ...]
    site: Site
    conditions: Conditions
    expander: Value = OWN
    unless: str | None = None


Step: TypeAlias = Effect | LocalCall


@dataclass(slots=True)
class Body:
    """What a body of code does when it runs, and what the code does that it returns quoted."""

    executed: list[Step] = field(default_factory=list)
    expanded: list[Step] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the reader is.

    Attributes:
        body: what is being read.
        steps: the list of *body* that takes what is found.
        in_function: whether it is a function; definitions in it are its own.
        evaluating: whether quoted code is run, as under ``@eval``.
    """

    scope: Scope
    conditions: Conditions
    body: Body
    steps: list[Step]
    in_function: bool
    evaluating: bool = False

    def under(self, condition: Condition | None) -> _Frame:
        if condition is None or condition in self.conditions:
            return self
        return replace(self, conditions=(*self.conditions, condition))

    def perhaps(self, node: Node, text: str | None = None) -> _Frame:
        """The frame for code that may run or not, depending on *node*."""
        source = self.scope.source
        return self.under(Condition(source.site(node), 0, 0, text or source.excerpt(node)))


@dataclass(frozen=True, slots=True)
class _Call:
    """The parts of a call."""

    node: Node
    names: tuple[str, ...]
    positional: tuple[Node, ...]
    keywords: Mapping[str, Node]
    splat: bool


class EffectReader:
    """Reads the bodies of a package's code.

    Args:
        code: the package.
        foreign: names of functions and macros of other packages that matter.
    """

    def __init__(self, code: PackageCode, foreign: frozenset[str]) -> None:
        self.code = code
        self.foreign = foreign
        self.top = Body()
        self.precompile_disabled: Site | None = None
        self._evaluation = code.evaluation
        self._depth_limit = code.files.limits.depth

    def read_top(self) -> Body:
        """Read what runs while the package's modules are evaluated."""
        self._read_statements(self.code.statements, self.top, in_function=False)
        return self.top

    def read_definition(self, definition: Definition) -> Body:
        """Read what a function or macro does when it is called."""
        body = Body()
        signature = definition.signature
        arguments = (*signature.positional, *signature.keywords)
        names: dict[str, Value] = {item.name: Parameter(item.name) for item in arguments}
        scope = Scope(definition.module, definition.source, names)
        scope = scope.binding(self._assigned(definition.body, scope))
        frame = _Frame(scope, (), body, body.executed, in_function=True)
        self._sequence(definition.body, frame)
        for argument in arguments:
            if argument.default is not None:
                before = len(body.executed)
                self._run(argument.default, frame, 0)
                body.executed[before:] = [
                    replace(step, unless=argument.name) for step in body.executed[before:]
                ]
        self._read_statements(definition.included, body, in_function=True)
        return body

    def _read_statements(
        self, statements: Sequence[Statement], body: Body, *, in_function: bool
    ) -> None:
        for statement in statements:
            scope = Scope(statement.module, statement.source)
            frame = _Frame(scope, statement.conditions, body, body.executed, in_function)
            self._run(statement.node, frame, 0)

    def _assigned(self, nodes: Iterable[Node], scope: Scope) -> dict[str, Value]:
        """Return the local variables of a function: all that is ever assigned to each."""
        found: dict[str, Value] = dict(scope.local)
        for top in nodes:
            for node in descendants(top, skip=FUNCTION_NODES | {"do_clause"}):
                children = parts(node)
                if node.type == "assignment" and len(children) > 1:
                    value = self._evaluation.value(children[-1], replace(scope, local=found))
                    for name, bound in bound_names(scope.source, children[0], value).items():
                        found[name] = either((found[name], bound)) if name in found else bound
                elif node.type == "compound_assignment_expression" and children:
                    name = scope.source.text(children[0])
                    changed = Unknown(scope.source.excerpt(node))
                    found[name] = either((found[name], changed)) if name in found else changed
        return found

    # Statements

    def _sequence(self, nodes: Sequence[Node], frame: _Frame, depth: int = 0) -> None:
        for node in nodes:
            self._run(node, frame, depth)
            if node.type in _LEAVES:
                return
            if node.type in _BRANCHES and self._may_leave(node, frame):
                frame = frame.perhaps(node, "not left before: " + frame.scope.source.excerpt(node))

    def _may_leave(self, node: Node, frame: _Frame) -> bool:
        data = frame.scope.source.bytes_of(node)
        if b"return" not in data and b"break" not in data and b"continue" not in data:
            return False
        children = parts(node)
        if node.type == "binary_expression" and len(children) == 3:
            decided = self._evaluation.decide(children[0], frame.scope)
            operator = frame.scope.source.text(children[1])
            if (operator, decided) in {("||", True), ("&&", False)}:
                return False
        skip = FUNCTION_NODES | {"do_clause", "quote_statement", "quote_expression"}
        if any(inner.type == "return_statement" for inner in descendants(node, skip=skip)):
            return True
        # break and continue leave the innermost loop, and that may be within the node
        skip |= {"for_statement", "while_statement"}
        return any(inner.type in _LEAVES for inner in descendants(node, skip=skip))

    def _run(self, node: Node, frame: _Frame, depth: int) -> None:
        """Read one piece of code that runs."""
        self._evaluation.steps += 1
        if not self.code.mentions(frame.scope.source, node):
            return
        if depth > self._depth_limit or self._evaluation.exhausted:
            self._run_flat(node, frame)
            return
        depth += 1
        children = parts(node)
        match node.type:
            case "using_statement" | "import_statement" | "export_statement":
                return
            case _ if node.type in _DEFINITIONS:
                self._run_definition(node, children, frame, depth)
            case "arrow_function_expression":
                self._run_lambda(node, frame.perhaps(node), None, depth)
            case "quote_statement" | "quote_expression":
                self._run_quote(children, frame, depth)
            case "interpolation_expression" | "string_interpolation":
                self._sequence(children, self._interpolated(frame), depth)
            case "if_statement":
                self._run_if(node, frame, depth)
            case "ternary_expression" if len(children) == 3:
                self._run_ternary(node, children, frame, depth)
            case "binary_expression" if len(children) == 3:
                self._run_binary(children, frame, depth)
            case "for_statement":
                self._run_for(node, children, frame, depth)
            case "while_statement":
                self._run_while(node, frame, depth)
            case "catch_clause" | "if_clause":
                self._sequence(children, frame.perhaps(node), depth)
            case "let_statement":
                self._run_let(children, frame, depth)
            case "assignment" if children:
                self._run_assignment(node, children, frame, depth)
            case "macrocall_expression":
                self._run_macro(node, frame, depth)
            case "call_expression" | "broadcast_call_expression":
                self._run_call(node, children, frame, depth)
            case "index_expression" if len(children) == 2:
                self._run_index(node, children, frame)
                self._run_all(children, frame, depth)
            case _ if any(child.type == "for_clause" for child in children):
                self._run_comprehension(children, frame, depth)
            case "compound_statement" | "parenthesized_expression" | "source_file":
                self._sequence(children, frame, depth)
            case _:
                self._run_all(children, frame, depth)

    def _run_all(self, nodes: Sequence[Node], frame: _Frame, depth: int) -> None:
        for node in nodes:
            self._run(node, frame, depth)

    def _run_flat(self, node: Node, frame: _Frame) -> None:
        """Find calls in code too deep to follow: they are found, their conditions are not."""
        frame = frame.perhaps(node, "deeply nested code")
        for inner in descendants(node):
            if inner.type in {"call_expression", "macrocall_expression"}:
                self._evaluation.steps += 1
                names = self._called(inner, frame)
                if names is not None and self.code.is_wanted(names[-1]):
                    self._effects_of_flat(inner, names, frame)

    def _called(self, node: Node, frame: _Frame) -> tuple[str, ...] | None:
        if node.type == "macrocall_expression":
            return macro_call(frame.scope.source, node)[0]
        children = parts(node)
        return dotted_name(frame.scope.source, children[0]) if children else None

    def _effects_of_flat(self, node: Node, names: tuple[str, ...], frame: _Frame) -> None:
        meaning = resolve(frame.scope.module, names)
        arguments: Sequence[Node]
        if node.type == "macrocall_expression":
            arguments = macro_call(frame.scope.source, node)[1]
        else:
            arguments = parts(parts(node)[-1])
        positional = tuple(item for item in arguments if item.type != "named_argument")
        self._effects_of_call(_Call(node, names, positional, {}, splat=False), meaning, frame)

    def _run_definition(self, node: Node, children: list[Node], frame: _Frame, depth: int) -> None:
        # At the top level the definition is read when it is called.
        if frame.in_function and node.type == "function_definition":
            inner = frame.perhaps(node, "inner " + frame.scope.source.excerpt(children[0], 40))
            self._sequence(children[1:], inner, depth)

    def _run_quote(self, children: list[Node], frame: _Frame, depth: int) -> None:
        if frame.evaluating:
            self._sequence(children, frame, depth)
        elif frame.in_function:
            scope = replace(frame.scope, quoted=True)
            inner = replace(frame, scope=scope, steps=frame.body.expanded)
            self._sequence(children, inner, depth)
        else:  # an expression that nobody runs as far as can be seen
            for child in children:
                for inner_node in descendants(child):
                    if inner_node.type == "interpolation_expression":
                        self._run(inner_node, frame, depth)

    def _interpolated(self, frame: _Frame) -> _Frame:
        if not frame.scope.quoted:
            return frame
        scope = replace(frame.scope, quoted=False)
        return replace(frame, scope=scope, steps=frame.body.executed)

    def _run_if(self, node: Node, frame: _Frame, depth: int) -> None:
        scope = frame.scope
        clause_frame = frame
        for clause in [node, *node.children_by_field_name("alternative")]:
            test = clause.child_by_field_name("condition")
            if test is not None:
                self._run(test, clause_frame, depth)
                if self._evaluation.decide(test, scope) is None:
                    clause_frame = frame.perhaps(test)
        for arm in self._evaluation.arms(node, scope):
            self._sequence(arm.statements, frame.under(arm.condition), depth)

    def _run_ternary(self, node: Node, children: list[Node], frame: _Frame, depth: int) -> None:
        self._run(children[0], frame, depth)
        source = frame.scope.source
        decided = self._evaluation.decide(children[0], frame.scope)
        for arm, child in enumerate(children[1:]):
            condition = None
            if decided is None:
                text = source.excerpt(children[0])
                text = text if arm == 0 else f"not ({text})"
                tests = self._evaluation.tests(children[0], frame.scope, holds=arm == 0)
                condition = Condition(source.site(node), arm, 2, text, tests=tests)
            elif decided is not (arm == 0):
                continue
            self._run(child, frame.under(condition), depth)

    def _run_binary(self, children: list[Node], frame: _Frame, depth: int) -> None:
        left, operator, right = children
        source = frame.scope.source
        text = source.text(operator)
        self._run(left, frame, depth)
        if text in {"&&", "||"}:
            decided = self._evaluation.decide(left, frame.scope)
            if decided is None:
                condition = source.excerpt(left)
                goes_on = text == "&&"
                tests = self._evaluation.tests(left, frame.scope, holds=goes_on)
                condition = condition if goes_on else f"not ({condition})"
                frame = frame.under(Condition(source.site(left), 0, 0, condition, tests=tests))
            elif decided is not (text == "&&"):
                return
        elif text == "|>":
            names = dotted_name(source, right)
            if names is not None:
                call = _Call(right, names, (left,), {}, splat=False)
                self._effects_of_call(call, resolve(frame.scope.module, names), frame)
                return
        self._run(right, frame, depth)

    def _run_for(self, node: Node, children: list[Node], frame: _Frame, depth: int) -> None:
        for child in children:
            if child.type == "for_binding":
                self._run_all(parts(child)[-1:], frame, depth)
        scope, condition = self._evaluation.loop(node, frame.scope)
        inner = replace(frame, scope=scope).under(condition)
        self._sequence([c for c in children if c.type != "for_binding"], inner, depth)

    def _run_comprehension(self, children: list[Node], frame: _Frame, depth: int) -> None:
        clauses = [child for child in children if child.type in {"for_clause", "if_clause"}]
        for child in clauses:
            if child.type == "for_clause":
                for binding in parts(child):
                    self._run_all(parts(binding)[-1:], frame, depth)
                scope, condition = self._evaluation.loop(child, frame.scope)
                frame = replace(frame, scope=scope).under(condition)
            else:
                self._run_all(parts(child), frame, depth)
                frame = frame.perhaps(child)
        self._run_all([c for c in children if c not in clauses], frame, depth)

    def _run_while(self, node: Node, frame: _Frame, depth: int) -> None:
        test = node.child_by_field_name("condition")
        if test is None:
            return
        self._run(test, frame, depth)
        decided = self._evaluation.decide(test, frame.scope)
        if decided is not False:
            inner = frame if decided else frame.perhaps(test)
            self._sequence([c for c in parts(node) if c.id != test.id], inner, depth)

    def _run_let(self, children: list[Node], frame: _Frame, depth: int) -> None:
        statements: list[Node] = []
        for child in children:
            if child.type == "let_binding" and len(parts(child)) > 1:
                target, value = parts(child)[0], parts(child)[-1]
                self._run(value, frame, depth)
                found = self._evaluation.value(value, frame.scope)
                names = bound_names(frame.scope.source, target, found)
                frame = replace(frame, scope=frame.scope.binding(names))
            elif child.type != "let_binding":
                statements.append(child)
        scope = frame.scope.binding(self._assigned(statements, frame.scope))
        self._sequence(statements, replace(frame, scope=scope), depth)

    def _run_assignment(self, node: Node, children: list[Node], frame: _Frame, depth: int) -> None:
        left, right = children[0], children[-1]
        defines = left.type in {"call_expression", "where_expression"} or (
            left.type == "typed_expression" and parts(left)[0].type == "call_expression"
        )
        defines |= right.type in {"arrow_function_expression", "function_definition"}
        if not defines:
            self._run(right, frame, depth)
            return
        if frame.in_function:
            inner = frame.perhaps(node, "inner " + frame.scope.source.excerpt(left, 40))
            self._run(right, inner, depth)

    def _run_lambda(
        self, node: Node, frame: _Frame, arguments: tuple[Value, ...] | None, depth: int
    ) -> None:
        """Read the body of ``x -> …``, or of a ``do``, called with *arguments*."""
        children = parts(node)
        source = frame.scope.source
        names: dict[str, Value] = {}
        statements = children
        takes_parameters = node.type == "arrow_function_expression" or (
            bool(children) and children[0].type == "argument_list"
        )
        if children and takes_parameters:
            signature = read_parameters(source, children[0])
            for index, item in enumerate(signature.positional):
                known = arguments is not None and index < len(arguments)
                names[item.name] = arguments[index] if arguments and known else Unknown(item.name)
            statements = children[1:]
        scope = frame.scope.binding(names)
        scope = scope.binding(self._assigned(statements, scope))
        self._sequence(statements, replace(frame, scope=scope), depth)

    # Calls

    def _run_macro(self, node: Node, frame: _Frame, depth: int) -> None:
        source = frame.scope.source
        names, arguments = macro_call(source, node)
        if names is None or names[-1] in {"@require", "@testitem"}:
            return  # Requires.jl: when the other package is loaded; TestItems.jl: in tests
        meaning = resolve(frame.scope.module, names)
        call = _Call(node, names, tuple(arguments), {}, splat=False)
        if isinstance(meaning, Member) and names[-1] in WORKLOAD_MACROS.get(meaning.package, ()):
            site = source.site(node)
            frame.steps.append(WorkloadRun(meaning.package, names[-1], site, frame.conditions))
            condition = Condition(site, 0, 0, names[-1], workload=True)
            self._run_all(arguments, frame.under(condition), depth)
            return
        if names[-1] == "@eval":
            self._run_all(arguments, replace(frame, evaluating=True), depth)
            return
        known = self._effects_of_call(call, meaning, frame)
        if not known and names[-1] not in TRANSPARENT_MACROS:
            frame = frame.perhaps(node)
        self._run_all(arguments, frame, depth)

    def _run_call(self, node: Node, children: list[Node], frame: _Frame, depth: int) -> None:
        source = frame.scope.source
        if len(children) < 2:
            self._run_all(children, frame, depth)
            return
        names = dotted_name(source, children[0])
        if names is None:
            self._run(children[0], frame, depth)
        call = self._call(node, names or ("",), children[1])
        functions = [child for child in children[2:] if child.type == "do_clause"]
        functions += [n for n in call.positional if n.type == "arrow_function_expression"]
        evaluates = call.names[-1] == "eval"
        inner = replace(frame, evaluating=True) if evaluates else frame
        if any(child.type == "for_clause" for child in parts(children[1])):
            self._run_comprehension(parts(children[1]), inner, depth)
        else:
            self._run_all([n for n in call.positional if n not in functions], inner, depth)
            self._run_all(list(call.keywords.values()), inner, depth)
        for function in functions:
            self._run_passed(function, call, frame, depth)
        if names is None or (names[0] in frame.scope.local and len(names) == 1):
            return
        meaning = resolve(frame.scope.module, names)
        self._effects_of_call(call, meaning, frame)
        for argument in call.positional:
            self._effects_of_passed_name(argument, call, frame)

    def _call(self, node: Node, names: tuple[str, ...], arguments: Node) -> _Call:
        positional: list[Node] = []
        keywords: dict[str, Node] = {}
        splat = False
        after_semicolon = False
        for child in arguments.children:
            if child.type == ";":
                after_semicolon = True
            if not child.is_named or child.type.endswith("comment"):
                continue
            inner = parts(child)
            if child.type == "named_argument" and len(inner) > 1:
                name = inner[0].text
                key = name.decode("utf-8", "replace") if name is not None else ""
                keywords[key or str(inner[0].start_byte)] = inner[-1]
            elif after_semicolon:
                keywords[str(child.start_byte)] = child
            else:
                splat |= child.type == "splat_expression"
                positional.append(child)
        return _Call(node, names, tuple(positional), keywords, splat)

    def _run_passed(self, function: Node, call: _Call, frame: _Frame, depth: int) -> None:
        """Read a function that is written in the arguments of a call."""
        name = call.names[-1]
        if name in _CALLS_ITS_FUNCTION:
            self._run_lambda(function, frame, None, depth)
            return
        arguments = None
        if name in _CALLS_FOR_EACH | _CALLS_FOR_SOME:
            others = [node for node in call.positional if node is not function]
            values = [self._evaluation.value(node, frame.scope) for node in others]
            arguments = tuple(element(value) for value in values)
            occurs = bool(values) and all(isinstance(v, Items) and v.items for v in values)
            if occurs and name in _CALLS_FOR_EACH:
                self._run_lambda(function, frame, arguments, depth)
                return
        text = f"the function passed to {name or '…'} is called"
        self._run_lambda(function, frame.perhaps(call.node, text), arguments, depth)

    def _effects_of_passed_name(self, argument: Node, call: _Call, frame: _Frame) -> None:
        """A function passed by name may be called."""
        scope = frame.scope
        names = dotted_name(scope.source, argument)
        if names is None or not self.code.is_wanted(names[-1]):
            return
        if names[0] in scope.local:
            return
        meaning = resolve(scope.module, names)
        others = tuple(node for node in call.positional if node is not argument)
        site = scope.source.site(call.node)
        if isinstance(meaning, tuple):
            definitions = tuple(item for item in meaning if isinstance(item, Definition))
            if not definitions:
                return
            caller = call.names[-1]
            for_each = caller in _CALLS_FOR_EACH | _CALLS_FOR_SOME
            for_each &= argument is call.positional[0]
            values = tuple(self._evaluation.value(node, scope) for node in others)
            occurs = for_each and all(isinstance(v, Items) and v.items for v in values)
            occurs &= caller in _CALLS_FOR_EACH
            if not occurs and caller not in _CALLS_ITS_FUNCTION:
                frame = frame.perhaps(call.node, f"{names[-1]} is called by {call.names[-1]}")
            passed = tuple(element(value) for value in values) if for_each else None
            frame.steps.append(
                LocalCall(definitions, Part.EXECUTED, passed, (), site, frame.conditions)
            )
        elif isinstance(meaning, Member) and meaning.package == "Preferences":
            called = meaning.path[-1] if meaning.path else ""
            if called not in PREFERENCE_READERS:
                return
            frame = frame.perhaps(call.node, f"{called} is called by {call.names[-1]}")
            code = Unknown(scope.source.excerpt(call.node))
            frame.steps.append(Read(code, code, site, frame.conditions))

    def _effects_of_call(self, call: _Call, meaning: Meaning | None, frame: _Frame) -> bool:
        """Add what a call does by what its name means; tell whether its arguments surely run."""
        scope = frame.scope
        name = call.names[-1]
        site = scope.source.site(call.node)
        if isinstance(meaning, tuple):
            definitions = tuple(item for item in meaning if isinstance(item, Definition))
            if definitions:
                self._add_local_call(definitions, call, site, frame)
            return False
        if isinstance(meaning, Member):
            called = meaning.path[-1] if meaning.path else name
            if meaning.package == "Preferences" and called in PREFERENCE_READERS:
                self._add_read(call, called, frame)
                return True
            if meaning.package == BASE:
                self._add_base_call(call, called, frame)
            elif called in self.foreign:
                self._add_outside_call((meaning.package,), meaning.path, call, site, frame)
            return False
        if len(call.names) == 1:
            outside = candidates(scope.module)
            if name in PREFERENCE_READERS and outside:
                text = f"{name} comes from {' or '.join(outside)}"
                self._add_read(call, name, frame.perhaps(call.node, text))
                return True
            if name in self.foreign and outside:
                self._add_outside_call(outside, (name,), call, site, frame, exported=True)
            self._add_base_call(call, name, frame)
        return False

    def _values(self, call: _Call, frame: _Frame) -> tuple[Value, ...]:
        values = tuple(self._evaluation.value(node, frame.scope) for node in call.positional)
        if call.node.type == "broadcast_call_expression":
            return tuple(element(v) if isinstance(v, Items) else v for v in values)
        return values

    def _keyword_values(self, call: _Call, frame: _Frame) -> tuple[tuple[str, Value], ...]:
        return tuple(
            (name, self._evaluation.value(node, frame.scope))
            for name, node in call.keywords.items()
        )

    def _add_local_call(
        self, definitions: tuple[Definition, ...], call: _Call, site: Site, frame: _Frame
    ) -> None:
        arguments = None if call.splat else self._values(call, frame)
        keywords = self._keyword_values(call, frame)
        made = LocalCall(definitions, Part.EXECUTED, arguments, keywords, site, frame.conditions)
        self._add_made(made, frame, is_macro=definitions[0].is_macro)

    def _add_made(self, made: LocalCall | OutsideCall, frame: _Frame, *, is_macro: bool) -> None:
        if frame.scope.quoted:
            made = replace(made, expander=Expander())
        if not is_macro:
            frame.steps.append(made)
            return
        frame.steps.append(replace(made, part=Part.EXPANDED))
        # A macro's own body runs when the code that uses it is compiled, called or not.
        steps = self.top.executed if frame.in_function else frame.steps
        conditions = () if frame.in_function else frame.conditions
        steps.append(replace(made, conditions=conditions))

    def _add_outside_call(
        self,
        packages: tuple[str, ...],
        path: tuple[str, ...],
        call: _Call,
        site: Site,
        frame: _Frame,
        *,
        exported: bool = False,
    ) -> None:
        arguments = None if call.splat else self._values(call, frame)
        keywords = self._keyword_values(call, frame)
        made = OutsideCall(
            packages,
            path,
            Part.EXECUTED,
            arguments,
            keywords,
            site,
            frame.conditions,
            exported=exported,
        )
        self._add_made(made, frame, is_macro=path[-1].startswith("@"))

    def _add_base_call(self, call: _Call, name: str, frame: _Frame) -> None:
        scope = frame.scope
        site = scope.source.site(call.node)
        if name == "__precompile__" and not frame.in_function:
            if [scope.source.text(node) for node in call.positional] == ["false"]:
                self.precompile_disabled = site
        elif name == "record_compiletime_preference" and len(call.positional) == 2:
            owner, key = self._values(call, frame)
            frame.steps.append(Read(owner, key, site, frame.conditions))
        elif name in {"get", "haskey"} and len(call.positional) > 1:
            table, key = self._values(call, frame)[:2]
            if isinstance(table, PreferenceTable):
                default = None
                if len(call.positional) > 2:
                    default = scope.source.excerpt(call.positional[2])
                frame.steps.append(
                    Read(table.owner, key, site, frame.conditions, Recording.BASE, default)
                )

    def _run_index(self, node: Node, children: list[Node], frame: _Frame) -> None:
        table = self._evaluation.value(children[0], frame.scope)
        indices = parts(children[1])
        if isinstance(table, PreferenceTable) and len(indices) == 1:
            key = self._evaluation.value(indices[0], frame.scope)
            site = frame.scope.source.site(node)
            frame.steps.append(Read(table.owner, key, site, frame.conditions, Recording.BASE))

    def _add_read(self, call: _Call, reader: str, frame: _Frame) -> None:
        scope = frame.scope
        values = self._values(call, frame)
        nodes = call.positional
        if reader.startswith("@"):
            here: Value = Expander() if scope.quoted else OWN
            values, nodes = (here, *values), (call.node, *nodes)
        unknown = Unknown(scope.source.excerpt(call.node))
        owner, key = values[:2] if len(values) > 1 and not call.splat else (unknown, unknown)
        default = scope.source.excerpt(nodes[2]) if len(nodes) > 2 else None
        recording = Recording.RECORDED
        for option in (Recording.DISABLED, Recording.DEFAULT):
            node = call.keywords.get(option.value)
            if node is None:
                continue
            decided = self._evaluation.decide(node, scope)
            if decided:
                recording = option
            elif decided is None:
                frame = frame.perhaps(node, f"not {option.value}")
        site = scope.source.site(call.node)
        frame.steps.append(Read(owner, key, site, frame.conditions, recording, default))
