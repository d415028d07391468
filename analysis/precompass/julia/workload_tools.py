"""What differs between versions of the tools that run workloads: PrecompileTools, SnoopPrecompile.

Each property names its source. Where a version is not known, the newest one is taken.
"""

from __future__ import annotations

import msgspec

from precompass.documents.values import TomlTable, TomlValue
from precompass.julia.manifest import Manifest
from precompass.julia.preferences import Preference
from precompass.julia.uuids import PRECOMPILE_TOOLS, SNOOP_PRECOMPILE, UUID
from precompass.julia.versions import VersionNumber

FLAG = "precompile_workload"
"""PrecompileTools' preference of each package that uses it: whether the workload runs."""
SWITCH = "precompile_workloads"
"""PrecompileTools' own preference: whether any workload runs."""
SKIP_LIST = "skip_precompile"
"""SnoopPrecompile's list of modules whose workloads are skipped."""

THE_SWITCH = Preference(PRECOMPILE_TOOLS, SWITCH)
THE_SKIP_LIST = Preference(SNOOP_PRECOMPILE, SKIP_LIST)

_FLAG_IS_READ_BY_A_FUNCTION = VersionNumber((1, 0, 2))
_HAS_SWITCH = VersionNumber((1, 2, 0))
_SWITCH_IS_A_CONSTANT = VersionNumber((1, 3, 4))
_HAS_SKIP_LIST = VersionNumber((1, 0, 3))


class PrecompileTools(msgspec.Struct, frozen=True):
    """A version of PrecompileTools, as a set of behaviours (``src/workloads.jl``).

    Attributes:
        version: the version; None if it is not known.
    """

    version: VersionNumber | None

    @classmethod
    def of(cls, manifest: Manifest | None) -> PrecompileTools:
        """Return the PrecompileTools of a manifest."""
        return cls(_version_in(manifest, PRECOMPILE_TOOLS))

    @property
    def name(self) -> str:
        """The name with the version, if that is known: ``PrecompileTools 1.3.4``."""
        return "PrecompileTools" if self.version is None else f"PrecompileTools {self.version}"

    @property
    def has_switch(self) -> bool:
        """Whether there is a switch; while it is off, no flag is read (1.2.0)."""
        return self.version is None or self.version >= _HAS_SWITCH

    @property
    def reads_switch_itself(self) -> bool:
        """Whether PrecompileTools reads the switch once, while it compiles itself (1.3.4).

        The packages that use it do not read the switch then, so it is PrecompileTools' own cache
        that depends on it.
        """
        return self.version is None or self.version >= _SWITCH_IS_A_CONSTANT

    @property
    def users_read_switch(self) -> bool:
        """Whether each package that uses it reads the switch while it compiles (1.2.0 to 1.3.3)."""
        return self.has_switch and not self.reads_switch_itself

    @property
    def reads_of_users_are_known(self) -> bool:
        """Whether the macros read the flag by a function of PrecompileTools (1.0.2).

        Before, the code that a macro returns does, by ``@load_preference``.
        """
        return self.version is not None and self.version >= _FLAG_IS_READ_BY_A_FUNCTION

    def is_switched_off(self, own_values: TomlTable) -> bool:
        """Tell whether PrecompileTools' own preferences turn all workloads off.

        Only the boolean ``false`` does.
        """
        return self.has_switch and own_values.get(SWITCH) is False

    def fails_with_switch(self, value: TomlValue) -> bool:
        """Tell whether PrecompileTools itself does not compile with a value of the switch.

        From 1.3.4 on the value is a constant of the type ``Bool``; before, all but ``false``
        counts as ``true``.
        """
        return self.reads_switch_itself and not isinstance(value, bool)

    def users_fail_with_flag(self, value: TomlValue) -> bool:
        """Tell whether a package does not compile with a value of its flag.

        Up to 1.3.3 the value is used as a condition; from 1.3.4 on an error is caught, and counts
        as ``true``.
        """
        return not self.reads_switch_itself and not isinstance(value, bool)


class SnoopPrecompile(msgspec.Struct, frozen=True):
    """A version of SnoopPrecompile, as a set of behaviours (``src/SnoopPrecompile.jl``).

    Attributes:
        version: the version; None if it is not known.
    """

    version: VersionNumber | None

    @classmethod
    def of(cls, manifest: Manifest | None) -> SnoopPrecompile:
        """Return the SnoopPrecompile of a manifest."""
        return cls(_version_in(manifest, SNOOP_PRECOMPILE))

    @property
    def name(self) -> str:
        """The name with the version, if that is known: ``SnoopPrecompile 1.0.3``."""
        return "SnoopPrecompile" if self.version is None else f"SnoopPrecompile {self.version}"

    @property
    def reads_list(self) -> bool:
        """Whether it reads the skip list, once, while it compiles itself (1.0.3)."""
        return self.version is None or self.version >= _HAS_SKIP_LIST


def breaks_skip_list(value: TomlValue) -> bool:
    """Tell whether ``name in value`` throws in Julia: for strings, tables and dates it does.

    A number is a collection of itself there, so the list is as if it were empty.
    """
    return not isinstance(value, list | bool | int | float)


def _version_in(manifest: Manifest | None, uuid: UUID) -> VersionNumber | None:
    entry = manifest.packages.get(uuid) if manifest is not None else None
    return entry.version if entry is not None else None
