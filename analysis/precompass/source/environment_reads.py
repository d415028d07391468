"""The environment variables that a package reads while it compiles.

Julia does not record them: a cache that was made with one value is used with any other. What runs
is found as for preferences; only what is looked for differs.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from precompass.source.closure import Closure
from precompass.source.effects import EffectReader, VariableRead
from precompass.source.package_code import PackageCode
from precompass.source.package_files import Limits, PackageFiles
from precompass.source.package_reads import PackageSource
from precompass.source.syntax import Site
from precompass.source.values import Text, alternatives

_NAME = b"ENV"


class EnvironmentRead(msgspec.Struct, frozen=True):
    """A place where an environment variable is read.

    Attributes:
        name: of the variable; None if it is computed.
        site: where.
        is_certain: whether it is read in any case, not only on some condition.
    """

    name: str | None
    site: Site
    is_certain: bool


def environment_reads(
    source: PackageSource, limits: Limits | None = None
) -> tuple[EnvironmentRead, ...]:
    """Return the environment variables that a package reads while it compiles, in order."""
    files = PackageFiles(source.root, limits or Limits())
    near = dict.fromkeys([source.entry, *files.julia_files(source.entry.parent)])
    if not any(_NAME in (files.read(path) or b"") for path in near):
        return ()
    code = PackageCode(source.name, files, [_NAME.decode()])
    code.read(source.entry)
    reader = EffectReader(code, frozenset())
    reader.read_top()
    bodies = {
        definition: reader.read_definition(definition)
        for definition in code.definitions
        if code.is_relevant(definition)
    }
    closure = Closure(bodies, code.evaluation, files.limits.effects)
    return _settled(closure.effects(reader.top.executed))


def _settled(effects: Iterable[object]) -> tuple[EnvironmentRead, ...]:
    found: dict[tuple[str | None, Site], EnvironmentRead] = {}
    for effect in effects:
        if not isinstance(effect, VariableRead):
            continue
        for value, arm in alternatives(effect.name):
            name = value.value if isinstance(value, Text) else None
            is_certain = not effect.conditions and arm is None
            known = found.get((name, effect.site))
            if known is None or is_certain:
                found[name, effect.site] = EnvironmentRead(name, effect.site, is_certain)
    return tuple(sorted(found.values(), key=lambda read: (read.site, read.name or "")))
