"""Workspace folders in which not all of Julia's files are looked for: the user is told once."""

from __future__ import annotations

import logging

from precompass_lsp.host import Host
from precompass_lsp.moment import Moment

logger = logging.getLogger(__name__)


async def tell_limits(ls: Host, moment: Moment) -> None:
    """Tell the user of the workspace folders that are larger than what is looked through."""
    for sentence in await ls.answer((), _sentences, moment):
        ls.complain(sentence)


def _sentences(moment: Moment) -> tuple[str, ...]:
    from precompass.files.workspace import DEEPEST_IN_WIDE

    found = moment.workspace
    sentences = [
        f"The workspace folder {folder} is {kind.value}. Precompass looks for project files"
        f" at most {DEEPEST_IN_WIDE} folders below it. Open a project's own folder instead."
        for folder, kind in found.wide
    ]
    if found.stopped_at is not None:
        logger.info("Looking for project files stopped at %s.", found.stopped_at)
        sentences.append(
            "The workspace is too large, so some project files may not be found."
            " Open a smaller folder."
        )
    return tuple(sentences)
