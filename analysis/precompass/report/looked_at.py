"""What the answers about one environment rest on: for a log."""

from __future__ import annotations

from precompass.recompilation.invalidation import Invalidations
from precompass.report.visible import visible
from precompass.session import Session
from precompass.wording import counted, dated
from precompass.wording.why import reason_words

_FROM = {"manifest": "from the manifest", "setting": "from the settings", "newest": "newest known"}
_MOST_SKIPPED = 100
"""Of the caches that are not used, so many are listed."""


def looked_at(session: Session, invalidations: Invalidations) -> tuple[str, ...]:
    """Return a line about an environment, and one for each thing that was looked at.

    Args:
        session: the user's files, with the settings that count for the environment.
        invalidations: the answers about the environment.
    """
    environment = invalidations.environment
    manifest, depots = environment.manifest, session.depots(environment.julia)
    julia = f"Julia {environment.julia.version} ({_FROM[environment.julia_from]})"
    lines = [
        f"Environment {environment.project.path}, {julia}",
        f"manifest: {manifest.path if manifest is not None else 'none'}",
        f"depots: {', '.join(depots) or 'none'}",
    ]
    registries = session.registries
    lines.append(f"registries: {dated(registries.found) if registries is not None else 'none'}")
    caches = invalidations.installed.caches
    used = sum(map(len, caches.candidates.values()))
    lines.append(f"{counted(used, 'cache')} used, {len(caches.skipped):,} not used")
    shown = caches.skipped[:_MOST_SKIPPED]
    lines += [f"not used: {skipped.path}: {reason_words(skipped.reason)}" for skipped in shown]
    left_out = len(caches.skipped) - _MOST_SKIPPED
    if left_out > 0:
        lines.append(f"not used: {left_out:,} more")
    return tuple(visible(line) for line in lines)
