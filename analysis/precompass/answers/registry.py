"""What the registries say of a package, a paragraph each."""

from __future__ import annotations

from precompass.findings import Paragraph
from precompass.julia.uuids import UUID
from precompass.julia.versions import VersionNumber
from precompass.session import Session
from precompass.wording import dated, hanging


def about_dependents(session: Session, uuid: UUID) -> list[Paragraph]:
    """Return how much of the ecosystem depends on a package."""
    registries, ecosystem = session.registries, session.ecosystem
    counts = ecosystem.counts(uuid) if ecosystem is not None else None
    if registries is None or ecosystem is None or counts is None:
        return []
    return [(hanging(counts, ecosystem, registries),)]


def about_newest(
    session: Session, uuid: UUID, current: VersionNumber | None, *, is_said: bool = False
) -> list[Paragraph]:
    """Return the newest version of a package.

    Args:
        session: the user's files and registries.
        uuid: of the package.
        current: the version in use, which is shown beside.
        is_said: whether the newest version is shown beside: then only what it does not say.
    """
    registries = session.registries
    summaries = registries.summaries(uuid) if registries is not None else ()
    if registries is None or not summaries:
        return []
    names = {summary.registry for summary in summaries}
    where = dated(registry for registry in registries.found if registry.name in names)
    newest = registries.newest(uuid)
    deprecated = any(summary.deprecated for summary in summaries)
    note = ", deprecated" if deprecated else ""
    if newest is None:
        return [(f"In {where}{note}: all versions have been withdrawn.",)]
    if is_said:
        return [(f"Deprecated in {where}.",)] if deprecated else []
    if newest == current:
        return [(f"This is the newest version in {where}{note}.",)]
    return [(f"Newest version in {where}{note}: {newest}.",)]
