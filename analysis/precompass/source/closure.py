"""What functions do together with the functions that they call."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from precompass.network import Network
from precompass.source.effects import (
    Body,
    Effect,
    LocalCall,
    OutsideCall,
    Part,
    Read,
    Step,
    VariableRead,
)
from precompass.source.evaluation import Evaluation, Scope
from precompass.source.modules import Condition, Conditions, Definition
from precompass.source.syntax import Site
from precompass.source.values import (
    OWN,
    Expander,
    Items,
    Unknown,
    Value,
    is_open,
    substitute,
)

_MAX_ROUNDS = 25  # through functions that call one another in a circle; values nest 20 deep
_MAX_EXACT_ROUNDS = 8  # from there on, it does not matter at which of the same conditions
_MAX_WAYS = 4  # different conditions under which a body does the same
_MAX_EXACT = 40_000  # effects passed from functions to callers in one package, in every way
_MAX_INLINED = 90_000  # from there on each effect in one way only, as long as these last
_MAX_LOOKED_AT = 300_000  # methods that calls may mean; 74,000 in AMDGPU, the most that is known
_MAX_VIA = 8  # names of functions on the way that are told, the outermost
_MAX_CONDITIONS = 8  # of one effect; the innermost of more are forgotten


_Identities: TypeAlias = Sequence[tuple[object, ...] | None]


class Formal(msgspec.Struct, frozen=True):
    """A parameter of a function: *default* is None where one must be passed."""

    name: str
    default: Value | None = None
    variadic: bool = False


class Formals(msgspec.Struct, frozen=True):
    """The parameters of a function."""

    positional: tuple[Formal, ...] = ()
    keywords: tuple[Formal, ...] = ()

    def accepts(self, arguments: Sequence[Value] | None) -> bool:
        """Tell whether a call with these positional arguments can mean this method."""
        if arguments is None:
            return True
        required = sum(1 for item in self.positional if item.default is None and not item.variadic)
        endless = any(item.variadic for item in self.positional)
        return required <= len(arguments) and (endless or len(arguments) <= len(self.positional))

    def bind(
        self, arguments: Sequence[Value] | None, keywords: Iterable[tuple[str, Value]]
    ) -> tuple[frozenset[str], dict[str, Value]]:
        """Return the names of the parameters that are passed, and the values of all.

        Without *arguments* nothing is known of those that are passed by position.
        """
        passed: dict[str, Value] = dict(keywords)
        values: dict[str, Value] = {}
        for index, item in enumerate(self.positional):
            if arguments is None:
                values[item.name] = Unknown(item.name)
            elif item.variadic:
                passed[item.name] = Items(tuple(arguments[index:]))
                break
            elif index < len(arguments):
                passed[item.name] = arguments[index]
        values.update(passed)
        for item in (*self.positional, *self.keywords):
            if item.default is not None:
                values.setdefault(item.name, substitute(item.default, values, OWN))
        return frozenset(passed), values


def formals_of(definition: Definition, evaluation: Evaluation) -> Formals:
    """Return the parameters of a definition, with what their defaults come to."""
    scope = Scope(definition.module)
    signature = definition.signature
    kinds = (
        tuple(
            Formal(
                item.name,
                None if item.default is None else evaluation.value(item.default, scope),
                item.variadic,
            )
            for item in kind
        )
        for kind in (signature.positional, signature.keywords)
    )
    return Formals(*kinds)


class CallSite(msgspec.Struct, frozen=True):
    """One call of a function, for what it does there.

    Attributes:
        name: the function's name.
        site: where the call is; a key that the call passes is read there.
        conditions: those of the call.
        passed: the parameters that the call passes.
        values: the values of the parameters.
        expander: the module in which a macro is expanded.
    """

    name: str
    site: Site
    conditions: Conditions
    passed: frozenset[str]
    values: Mapping[str, Value]
    expander: Value

    def inline(self, effect: Effect) -> Effect | None:
        """Return an effect of the function as an effect of this call; None if there is none."""
        if effect.unless is not None and effect.unless in self.passed:
            return None
        conditions = tuple(dict.fromkeys((*self.conditions, *effect.conditions)))[:_MAX_CONDITIONS]
        via = effect.via if self.name in effect.via else (self.name, *effect.via)[:_MAX_VIA]
        if isinstance(effect, Read):
            return replace(
                effect,
                conditions=conditions,
                via=via,
                unless=None,
                owner=self._value(effect.owner),
                key=self._value(effect.key),
                site=self.site if is_open(effect.key) else effect.site,
            )
        if isinstance(effect, VariableRead):
            name = self._value(effect.name)
            site = self.site if is_open(effect.name) else effect.site
            return VariableRead(name, site, conditions, via)
        changed = replace(effect, conditions=conditions, via=via, unless=None)
        return self._inline_call(changed) if isinstance(changed, OutsideCall) else changed

    def _inline_call(self, call: OutsideCall) -> OutsideCall:
        arguments = call.arguments
        if arguments is not None:
            arguments = tuple(self._value(value) for value in arguments)
        keywords = tuple((key, self._value(value)) for key, value in call.keywords)
        expander = self._value(call.expander)
        return replace(call, arguments=arguments, keywords=keywords, expander=expander)

    def _value(self, value: Value) -> Value:
        return substitute(value, self.values, self.expander)


class Closure:
    """The effects of each body of code, those of the functions that it calls included.

    Args:
        bodies: the functions and macros that were read.
        evaluation: evaluates the defaults of parameters.
        limit: how many effects of one body are kept.
    """

    def __init__(
        self, bodies: Mapping[Definition, Body], evaluation: Evaluation, limit: int
    ) -> None:
        self._is_cut = False
        self._limit = limit
        self._inlined = 0
        self._looked_at = 0
        self.formals = {definition: formals_of(definition, evaluation) for definition in bodies}
        self._effects: dict[tuple[Definition, Part], tuple[Effect, ...]] = {}
        self._repeats = False
        self._inlines: dict[tuple[int, Definition], _Inlines] = {}
        self._meant: dict[tuple[tuple[Definition, ...], int | None], Sequence[Definition]] = {}
        self._identities: dict[int, tuple[tuple[Effect, ...], _Identities]] = {}
        self._bodies = bodies
        self._settle(bodies)

    def _settle(self, bodies: Mapping[Definition, Body]) -> None:
        """Go through the functions, those called before those that call them.

        Functions that call one another in a circle are gone through until nothing changes.
        """
        calls = Network(
            bodies,
            (
                (definition, called)
                for definition, body in bodies.items()
                for step in (*body.executed, *body.expanded)
                if isinstance(step, LocalCall)
                for called in step.definitions
                if called in bodies
            ),
        )
        for circle in calls.components():
            self._settle_circle(circle, bodies, calls)

    def _settle_circle(
        self,
        circle: Sequence[Definition],
        bodies: Mapping[Definition, Body],
        calls: Network[Definition],
    ) -> None:
        """Go through functions of a circle, and through each again when one that it calls changes.

        What a function does may grow for ever: ``f(k) = (load_preference(m, k); f(k * "x"))``.
        """
        pending = deque(circle)
        members = set(circle)
        waiting = set(circle)
        left = _MAX_ROUNDS * len(circle)
        steps = {definition: _steps_of(bodies[definition]) for definition in circle}
        self._repeats = True
        while pending and left:
            left -= 1
            definition = pending.popleft()
            waiting.remove(definition)
            is_late = left < (_MAX_ROUNDS - _MAX_EXACT_ROUNDS) * len(circle)
            if self._extend(definition, steps[definition], is_late) and not self._is_full:
                callers = [
                    one for one in calls.pred[definition] if one in members and one not in waiting
                ]
                pending.extend(callers)
                waiting.update(callers)
        self._is_cut |= bool(pending)
        self._repeats = False
        self._inlines.clear()
        self._identities.clear()

    def _extend(
        self,
        definition: Definition,
        steps_of: Iterable[tuple[Part, Sequence[Step]]],
        is_late: bool,
    ) -> bool:
        """Work out what one function does; tell whether that is more than was known.

        Which few of many ways are kept may go to and fro for ever. *is_late* asks whether one of
        another kind is among them.
        """
        changed = False
        for part, steps in steps_of:
            effects = self.effects(steps)
            known = self._effects.get((definition, part), ())
            if effects != known:
                changed |= not is_late or _kinds(effects) != _kinds(known)
                same = {one: one for one in known}  # what callers made of these is known
                known = tuple(same.get(one, one) for one in effects)
            self._effects[definition, part] = known
        return changed

    @property
    def exhausted(self) -> bool:
        """Whether there was so much in what was asked for that the rest was not followed."""
        return self._is_cut or self._is_full

    @property
    def _is_full(self) -> bool:
        """Whether there were so many calls that no more are followed."""
        return self._inlined > _MAX_INLINED or self._looked_at > _MAX_LOOKED_AT

    @property
    def reading(self) -> Iterator[Definition]:
        """The functions and macros that do anything."""
        return (definition for (definition, _), effects in self._effects.items() if effects)

    def of(self, definition: Definition, part: Part = Part.EXECUTED) -> tuple[Effect, ...]:
        """Return all that a function or macro does."""
        return self._effects.get((definition, part), ())

    def of_inference(self, definition: Definition) -> tuple[Effect, ...]:
        """Return what happens where a call is inferred: generated functions make their code."""
        found: dict[Effect, None] = {}
        seen = {definition}
        pending = [definition] if self._generated else []
        while pending:
            if len(found) >= self._limit:
                self._is_cut = True
                break
            current = pending.pop()
            if current.is_generated:
                found.update(dict.fromkeys(self.of(current)))
            body = self._bodies.get(current)
            for step in (*body.executed, *body.expanded) if body is not None else ():
                for called in step.definitions if isinstance(step, LocalCall) else ():
                    if called not in seen:
                        seen.add(called)
                        pending.append(called)
        return tuple(found)

    @cached_property
    def _generated(self) -> bool:
        """Whether there is any generated function."""
        return any(definition.is_generated for definition in self._bodies)

    def of_call(self, definition: Definition, part: Part = Part.EXECUTED) -> tuple[Effect, ...]:
        """Return all that a call does: of a generated function also the code that it makes."""
        effects = self.of(definition, part)
        if part is Part.EXECUTED and definition.is_generated:
            effects = (*effects, *self.of(definition, Part.EXPANDED))
        return effects

    def effects(self, steps: Iterable[Step]) -> tuple[Effect, ...]:
        """Return what steps do, calls followed."""
        found: dict[tuple[object, ...], _Ways] = {}
        for step in steps:
            if len(found) >= self._limit:
                self._is_cut = True
                break
            for effect in self._of_call(step, found) if isinstance(step, LocalCall) else (step,):
                ways = found.get(effect.identity)
                if ways is None:
                    ways = found[effect.identity] = _Ways()
                ways.add(effect, _MAX_WAYS if self._is_exact else 1)
        return tuple(effect for ways in found.values() for effect in ways.effects)

    @property
    def _is_exact(self) -> bool:
        """Whether all ways to the same effect are kept: there were not very many so far."""
        return self._inlined <= _MAX_EXACT

    def _of_call(
        self, call: LocalCall, found: Mapping[tuple[object, ...], _Ways]
    ) -> Iterator[Effect]:
        """Yield what a call does; of what is found already, another way may be left out."""
        self._looked_at += len(call.definitions)
        if self._is_full:
            return
        meant = self._meant_by(call)
        for number, definition in enumerate(meant):
            effects = self.of_call(definition, call.part)
            if not self._is_exact:
                identities = self._fixed_identities(effects)
                effects = _unknown(effects, identities, found, call.conditions)
            if not effects:
                continue
            choice = (number, len(meant)) if len(meant) > 1 else None
            inlines = self._inlines.get((id(call), definition)) if self._repeats else None
            if inlines is None:
                inlines = _Inlines(call, self._site(call, definition, choice))
                if self._repeats:
                    self._inlines[id(call), definition] = inlines
            for effect in effects:
                if self._is_full:
                    return
                inlined, is_new = inlines.of(effect)
                self._inlined += is_new
                if inlined is not None:
                    yield inlined

    def _meant_by(self, call: LocalCall) -> Sequence[Definition]:
        """Return the methods that a call may mean, none if nothing is known of any of them.

        A function may have hundreds of methods, and hundreds of calls with as many arguments.
        """
        count = None if call.arguments is None else len(call.arguments)
        key = call.definitions, count
        meant = self._meant.get(key)
        if meant is None:
            known = [one for one in call.definitions if one in self.formals]
            accepting = [one for one in call.definitions if self._accepts(one, call)]
            meant = self._meant[key] = (accepting or known) if known else ()
        return meant

    def _site(
        self, call: LocalCall, definition: Definition, choice: tuple[int, int] | None
    ) -> CallSite:
        """Return a call as one of a method, the first or another one of so many, if of several."""
        conditions = call.conditions
        if choice is not None:
            text = f"the method of {definition.name} in line {definition.code.line + 1} is called"
            conditions = (*conditions, Condition(call.site, *choice, text))
        passed, values = self.formals[definition].bind(call.arguments, call.keywords)
        return CallSite(definition.name, call.site, conditions, passed, values, call.expander)

    def _fixed_identities(self, effects: tuple[Effect, ...]) -> _Identities:
        """Return what each effect has in common with others; None if callers change that."""
        known = self._identities.get(id(effects))
        if known is None:
            known = self._identities[id(effects)] = effects, [*map(_fixed_identity, effects)]
        return known[1]

    def _accepts(self, definition: Definition, call: LocalCall) -> bool:
        formals = self.formals.get(definition)
        if formals is not None:
            return formals.accepts(call.arguments)
        return call.arguments is None or definition.signature.accepts(len(call.arguments))


def _kinds(effects: Iterable[Effect]) -> frozenset[tuple[object, ...]]:
    """Return what happens, and what else than the place is said of the conditions."""
    return frozenset(
        (
            effect.identity,
            frozenset((one.workload, one.unfollowed, one.tests) for one in effect.conditions),
        )
        for effect in effects
    )


class _Inlines:
    """What the effects of a function are at one call of it, each worked out once.

    Functions of a circle are gone through again and again, and do mostly what they did before.
    """

    def __init__(self, call: LocalCall, site: CallSite) -> None:
        self._call = call  # as long as it is there, no other one has its identity
        self._site = site
        self._known: dict[int, tuple[Effect, Effect | None]] = {}

    def of(self, effect: Effect) -> tuple[Effect | None, bool]:
        """Return what an effect is at the call, None if nothing, and whether that is new."""
        known = self._known.get(id(effect))
        if known is not None:
            return known[1], False
        inlined, unless = self._site.inline(effect), self._call.unless
        if inlined is not None and unless is not None:
            inlined = replace(inlined, unless=unless)
        self._known[id(effect)] = effect, inlined
        return inlined, True


def _steps_of(body: Body) -> tuple[tuple[Part, Sequence[Step]], ...]:
    """Return what each part of a definition consists of."""
    expanded = [*body.expanded, *_builders(body)]
    return ((Part.EXECUTED, body.executed), (Part.EXPANDED, expanded))


class _Ways:
    """The ways in which the same effect comes about.

    A way that holds whenever another one does adds nothing. The few ways with the fewest
    conditions are kept; what may hold of others is then not told of these either.
    """

    def __init__(self) -> None:
        self._ways: list[tuple[frozenset[Condition], Effect]] = []
        self._is_complete = True
        self._in_workload = True

    @property
    def effects(self) -> list[Effect]:
        """The effect, once for each way."""
        return [effect for _, effect in self._ways]

    def add(self, effect: Effect, most: int) -> None:
        """Add one more way, if it is not known already; of more than *most*, some go."""
        effect = self._changed(effect)
        conditions = frozenset(effect.conditions)
        if any(conditions >= way for way, _ in self._ways):
            return
        ways = [(way, other) for way, other in self._ways if not way >= conditions]
        ways.append((conditions, effect))
        ways.sort(key=lambda way: len(way[1].conditions))
        self._ways = ways[:most]
        for way, _ in ways[most:]:
            self.leave_out(way)

    def leave_out(self, conditions: Iterable[Condition]) -> None:
        """Note that there is another way, which is not kept, under some conditions."""
        if not (self._is_complete or self._in_workload):
            return  # it is noted already
        in_workload = self._in_workload and any(one.workload for one in conditions)
        if self._is_complete or in_workload != self._in_workload:
            self._is_complete = False
            self._in_workload = in_workload
            kept = [self._changed(effect) for effect in self.effects]
            self._ways = [(frozenset(effect.conditions), effect) for effect in kept]

    def _changed(self, effect: Effect) -> Effect:
        """Return an effect without the conditions that may not hold of the ways left out."""
        if self._is_complete:
            return effect
        conditions = tuple(one.elsewhere for one in effect.conditions)
        if not self._in_workload:
            conditions = tuple(
                replace(one, workload=False) if one.workload else one for one in conditions
            )
        return effect if conditions == effect.conditions else replace(effect, conditions=conditions)


def _fixed_identity(effect: Effect) -> tuple[object, ...] | None:
    is_fixed = isinstance(effect, Read) and not (is_open(effect.owner) or is_open(effect.key))
    return effect.identity if is_fixed else None


def _unknown(
    effects: Iterable[Effect],
    identities: _Identities,
    found: Mapping[tuple[object, ...], _Ways],
    conditions: Conditions,
) -> tuple[Effect, ...]:
    """Return which effects of a call are not found yet, or may be others for each caller.

    Those that are found have one more way, under the conditions of the call and their own.
    """
    kept: list[Effect] = []
    for effect, identity in zip(effects, identities, strict=True):
        ways = found.get(identity) if identity is not None else None
        if ways is None:
            kept.append(effect)
        else:
            ways.leave_out((*conditions, *effect.conditions))
    return tuple(kept)


def _builders(body: Body) -> Iterator[LocalCall]:
    """Yield the calls in a macro's own body: what they return may be part of its expansion.

    So it is for a generated function, of what it makes.
    """
    for step in body.executed:
        if isinstance(step, LocalCall) and not step.definitions[0].is_macro:
            text = f"the code that {step.definitions[0].name} builds is used"
            condition = Condition(step.site, 0, 0, text)
            yield replace(
                step,
                part=Part.EXPANDED,
                conditions=(*step.conditions, condition),
                expander=OWN if body.is_generated else Expander(),
                unless=None,
            )
