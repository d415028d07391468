"""Why a unit reads a preference, or does not, and why Julia does not notice a change: as data.

The sentences are made in :mod:`precompass.wording`.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path, PurePath
from typing import TypeAlias

import msgspec

from precompass.julia.preferences import Preference
from precompass.julia.uuids import UUID
from precompass.julia.versions import VersionNumber
from precompass.recompilation.graph import Unit

# Why a unit reads a preference


class RecordedIn(msgspec.Struct, frozen=True):
    """The compile cache of a unit lists the preference.

    Attributes:
        unit: whose cache it is.
        julia: the version that made the cache.
    """

    unit: Unit
    julia: VersionNumber


class ReadAt(msgspec.Struct, frozen=True):
    """The source of a unit reads the preference.

    Attributes:
        file: the file.
        folder: of the package, if that is known.
        line: in the file, from 0.
        condition: the code on which it depends, if there is some that can be shown.
        is_conditional: whether it depends on anything that the source does not decide.
    """

    file: Path
    folder: Path | None
    line: int
    condition: str | None = None
    is_conditional: bool = False

    @property
    def shown(self) -> str:
        """The file as seen from the folder of the package, or its name."""
        if self.folder is not None and self.file.is_relative_to(self.folder):
            return PurePath(self.file.relative_to(self.folder)).as_posix()
        return self.file.name


class Opening(Enum):
    """Why a source does not settle whether it reads a preference."""

    KEY = "key"
    """The name of the preference is computed."""
    OWNER = "owner"
    """The package whose preference it is is computed."""
    CALLBACK = "callback"
    """A function reads it that the workload can reach through another package."""
    RUN = "run"
    """The source does not say whether the code that reads it runs."""


class MayReadAt(msgspec.Struct, frozen=True):
    """The source of a unit may read the preference.

    Attributes:
        place: where.
        opening: why it is not settled.
    """

    place: ReadAt
    opening: Opening


class NotReadInFull(msgspec.Struct, frozen=True):
    """The source of a unit was not read in full, so it may read any key.

    Attributes:
        unit: the unit.
        place: where reading had to stop.
        problem: why.
    """

    unit: Unit
    place: ReadAt
    problem: str


class AbsentCode(msgspec.Struct, frozen=True):
    """A unit uses code of a package whose source is not installed, which may read any key.

    Attributes:
        name: the macro or function.
        packages: the packages that it may come from.
        place: where it is used.
    """

    name: str
    packages: tuple[str, ...]
    place: ReadAt


class PublishedFact(Enum):
    """What is published about a version of a package that this is all about."""

    READS_ONCE = "reads-once"
    """It reads the preference once, while it compiles itself."""
    READS_NOTHING_ELSE = "reads-nothing-else"
    """It reads one preference and no other."""
    READS_NOTHING = "reads-nothing"
    """It reads no preferences."""
    READS_NOTHING_ITSELF = "reads-nothing-itself"
    """It reads no preference while it compiles itself."""
    READS_IN_USERS = "reads-in-users"
    """It reads the preference while a package with a workload compiles."""


class Published(msgspec.Struct, frozen=True):
    """The published behaviour of a version of PrecompileTools or SnoopPrecompile.

    Attributes:
        tool: ``PrecompileTools`` or ``SnoopPrecompile``.
        version: the version; None if it is not known.
        fact: what is published.
        key: of the only preference that it reads, for :attr:`PublishedFact.READS_NOTHING_ELSE`.
    """

    tool: str
    version: VersionNumber | None
    fact: PublishedFact
    key: str | None = None


class PublishedKeys(msgspec.Struct, frozen=True):
    """What is published of the keys that some versions of a package read.

    Attributes:
        package: the package that reads, or whose macro does.
        versions: the versions that it is published of, for people.
        is_read: whether the preference is read while a package compiles.
        macro: the macro that reads it for the package that uses it.
    """

    package: str
    versions: str
    is_read: bool
    macro: str | None = None


class AssumedWorkload(msgspec.Struct, frozen=True):
    """A unit depends on PrecompileTools, so it is taken to have a workload."""

    unit: Unit


class AssumedProducts(msgspec.Struct, frozen=True):
    """JLLWrappers reads a key for each product of a unit, and other keys may choose a platform."""

    unit: Unit


class NotFound(msgspec.Struct, frozen=True):
    """Neither a cache nor a source of a unit was found, so it is taken to read every key."""

    unit: Unit


# Why a unit does not read a preference


class NotRecordedIn(msgspec.Struct, frozen=True):
    """The compile cache of a unit does not list the preference.

    Attributes:
        unit: whose cache it is.
        julia: the version that made the cache.
    """

    unit: Unit
    julia: VersionNumber


class NotInSource(msgspec.Struct, frozen=True):
    """The source of a unit does not read the preference while it compiles."""

    unit: Unit


class NotReached(msgspec.Struct, frozen=True):
    """The source of a unit reads it on a condition that the preferences in effect do not meet."""

    read: ReadAt


class ReadWhenRunning(msgspec.Struct, frozen=True):
    """The source of a unit reads the preference when its functions run, not while it compiles."""

    read: ReadAt


class WithoutPreferences(msgspec.Struct, frozen=True):
    """A unit does not depend on Preferences.jl, so it records no preference."""

    unit: Unit


class WithoutWorkload(msgspec.Struct, frozen=True):
    """A unit does not depend on PrecompileTools, so nothing reads its flag."""

    unit: Unit


class SwitchedOff(msgspec.Struct, frozen=True):
    """No flag is read while PrecompileTools' switch is off."""


class NoPackage(msgspec.Struct, frozen=True):
    """The project is not a package, so nothing of it is compiled."""


class NotInManifest(msgspec.Struct, frozen=True):
    """The package is not in the manifest."""


class AssumedUnread(msgspec.Struct, frozen=True):
    """The package does not read it, and other packages are taken not to.

    Attributes:
        own: why the package that owns the preference does not read it.
    """

    own: Because


# Why Julia does not notice a change of a preference that something may read


class IfListed(msgspec.Struct, frozen=True):
    """What a change would recompile if the project listed the package: so many packages of all."""

    count: int
    of: int


class NotListed(msgspec.Struct, frozen=True):
    """The project does not list the package, so Julia ignores its preferences.

    Attributes:
        package: the package.
        if_listed: what a change would recompile otherwise; None if nothing.
    """

    package: UUID
    if_listed: IfListed | None


class NotDependedOn(msgspec.Struct, frozen=True):
    """The project does not depend on what reads the preference."""

    readers: tuple[Unit, ...]


class BoundToOwnOnly(msgspec.Struct, frozen=True):
    """A cache is bound to its own package's preferences only, and others read this one."""

    preference: Preference
    readers: tuple[Unit, ...]


class NoManifest(msgspec.Struct, frozen=True):
    """There is no manifest that would have the package."""


class NotAllKnown(msgspec.Struct, frozen=True):
    """Nothing that was read depends on it, and not all could be read.

    Attributes:
        file: the manifest that is not there, or the file that is broken or incomplete.
        line: of a broken file, the line, from 0, from which on something may be missing.
        missing: the package of which the manifest has no entry.
    """

    file: Path
    line: int | None
    missing: str | None


class NoDependency(msgspec.Struct, frozen=True):
    """The project does not depend on the package, so Julia does not look at it."""


# Why no cache is rejected because of a change between two states


class NotReadBefore(msgspec.Struct, frozen=True):
    """Nothing read the preference before."""


class ReadersGone(msgspec.Struct, frozen=True):
    """What read the preference is no longer in the manifest."""


class FitsBothValues(msgspec.Struct, frozen=True):
    """The caches fit both values."""


Because: TypeAlias = (
    RecordedIn
    | ReadAt
    | MayReadAt
    | NotReadInFull
    | AbsentCode
    | ReadWhenRunning
    | PublishedKeys
    | Published
    | AssumedWorkload
    | AssumedProducts
    | NotFound
    | NotRecordedIn
    | NotInSource
    | NotReached
    | WithoutPreferences
    | WithoutWorkload
    | SwitchedOff
    | NoPackage
    | NotInManifest
    | AssumedUnread
)
"""Why a unit is known, or taken, to read a preference or not to read it."""
WhyNot: TypeAlias = (
    Because
    | NotListed
    | NotDependedOn
    | BoundToOwnOnly
    | NoManifest
    | NotAllKnown
    | NoDependency
    | NotReadBefore
    | ReadersGone
    | FitsBothValues
)
"""Why Julia does not notice a change of a preference."""
