"""Print the files of a registry with the checksums of a release.

    python editors/upstream/with_checksums.py SHA256SUMS homebrew/precompass.rb

SHA256SUMS is the file of that name in the release. Each zero checksum becomes that of the archive
that the line before it names; fails if the release has no such archive.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
_PLACE = re.compile(r'(url:? "?(?P<url>[^"\n]+)"?\n\s*sha256:? ")0{64}"')


def with_checksums(text: str, sums: str, version: str) -> str:
    """Return a text with checksums in place of the zeros.

    Args:
        text: of a recipe or a formula.
        sums: the checksums of a release, as ``sha256sum`` writes them.
        version: of the release, for addresses that leave it open.

    Raises:
        KeyError: the release has no such file.
    """
    by_name = {line.split()[1].lstrip("*"): line.split()[0] for line in sums.splitlines()}

    def filled(match: re.Match[str]) -> str:
        name = match["url"].replace("${{ version }}", version).rpartition("/")[2]
        return f'{match[1]}{by_name[name]}"'

    return _PLACE.sub(filled, text)


if __name__ == "__main__":
    release = Path(sys.argv[1]).read_text(encoding="utf-8")
    given = (HERE / sys.argv[2]).read_text(encoding="utf-8")
    (named,) = set(re.findall(r'version:? "([\d.]+)"', given))
    print(with_checksums(given, release, named), end="")
