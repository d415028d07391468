"""What the registries say of a package, a paragraph each."""

from __future__ import annotations

from precompass.findings import Paragraph
from precompass.julia.uuids import UUID
from precompass.session import Session
from precompass.wording import dated, hanging


def about_registered(session: Session, uuid: UUID) -> list[Paragraph]:
    """Return the newest version of a package, and how much of the ecosystem depends on it."""
    return [*_newest(session, uuid), *about_dependents(session, uuid)]


def about_dependents(session: Session, uuid: UUID) -> list[Paragraph]:
    """Return how much of the ecosystem depends on a package."""
    registries, ecosystem = session.registries, session.ecosystem
    counts = ecosystem.counts(uuid) if ecosystem is not None else None
    if registries is None or ecosystem is None or counts is None:
        return []
    return [(hanging(counts, ecosystem, registries),)]


def _newest(session: Session, uuid: UUID) -> list[Paragraph]:
    registries = session.registries
    summaries = registries.summaries(uuid) if registries is not None else ()
    if registries is None or not summaries:
        return []
    names = {summary.registry for summary in summaries}
    where = dated(registry for registry in registries.found if registry.name in names)
    newest = registries.newest(uuid)
    deprecated = ", deprecated" if any(summary.deprecated for summary in summaries) else ""
    if newest is None:
        return [(f"In {where}{deprecated}: all versions have been withdrawn.",)]
    return [(f"Newest version in {where}{deprecated}: {newest}.",)]
