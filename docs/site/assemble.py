"""Assemble the pages of the documentation site, for Zensical to build it from.

The pages are those of ``docs/`` and a few that lie where readers of the repository look for them,
such as the editors' READMEs. Their links are written so that they work in the repository. On the
site, those between pages go on working, and those to any other file lead to the repository.

The folder, by default ``build``, is then ready for ``zensical build --config-file
build/zensical.toml``: it holds that file, ``pages/`` and ``theme/``.
"""

from __future__ import annotations

import posixpath
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import tomlkit

ROOT = Path(__file__).resolve().parents[2]
_SITE = Path(__file__).parent
_PAGES = (
    "docs/*.md",
    "docs/rules/*.md",
    "docs/decisions/*.md",
    "editors/README.md",
    "editors/*/README.md",
)
_SINGLE_PAGES = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "examples/README.md")
_PICTURES = {".gif", ".png", ".svg", ".webp"}
_LINK = re.compile(r"(?P<before>\]\(|^\[[^]\n]+\]: )(?P<target>[^)\s#]+)", re.MULTILINE)
_CODE = re.compile(r"(^ *```.*?^ *```$)", re.MULTILINE | re.DOTALL)
_ADDRESS = re.compile(r"[a-z]+:")


def pages() -> dict[str, Path]:
    """Return the files of the site's pages, by their path on the site."""
    found = [path for pattern in _PAGES for path in ROOT.glob(pattern)]
    found += [ROOT / name for name in _SINGLE_PAGES]
    return {_in_repository(path).removeprefix("docs/"): path for path in sorted(found)}


def assemble(folder: Path) -> None:
    """Write the pages, the pictures on them, the theme and the configuration into a folder."""
    site = pages()
    configuration = tomlkit.parse((_SITE / "zensical.toml").read_text(encoding="utf-8")).unwrap()
    repository = configuration["project"]["repo_url"]
    _fill(configuration["project"]["nav"], site)
    shutil.rmtree(folder / "pages", ignore_errors=True)
    for on_site, path in site.items():
        text = path.read_text(encoding="utf-8")
        _write(folder / "pages" / on_site, page(text, path, site, repository))
        for picture in _pictures(text, path):
            target = folder / "pages" / _in_repository(picture).removeprefix("docs/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(picture, target)
    shutil.copytree(ROOT / "docs" / "schemas", folder / "pages" / "schemas")
    shutil.copyfile(_SITE / "style.css", folder / "pages" / "style.css")
    shutil.copytree(_SITE / "theme", folder / "theme", dirs_exist_ok=True)
    _write(folder / "zensical.toml", tomlkit.dumps(configuration))


def page(text: str, path: Path, site: Iterable[str], repository: str) -> str:
    """Return the text of a page as it is on the site.

    Args:
        text: as it is in the repository.
        path: its file.
        site: the paths of all pages on the site.
        repository: where files are that are not on the site.
    """

    def rewritten(link: re.Match[str]) -> str:
        target = path.parent / link["target"]
        if _ADDRESS.match(link["target"]) or not target.exists():
            return link[0]
        file = _in_repository(target.resolve())
        on_site = file.removeprefix("docs/")
        if on_site in site or on_site.startswith("schemas/") or target.suffix in _PICTURES:
            here = posixpath.dirname(_in_repository(path).removeprefix("docs/"))
            return link["before"] + posixpath.relpath(on_site, here or ".")
        kind = "tree" if target.is_dir() else "blob"
        return f"{link['before']}{repository}/{kind}/main/{file}"

    parts = _CODE.split(text)  # prose and code by turns
    parts[::2] = [_LINK.sub(rewritten, prose) for prose in parts[::2]]
    return _indented("".join(parts))


def _in_repository(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _fill(navigation: list[dict[str, list[str]]], site: Iterable[str]) -> None:
    """Add the pages of single editors, rules and decisions to their sections."""
    for section in navigation:
        for first, *_ in section.values():
            folder = first.removesuffix("README.md").removesuffix(".md").rstrip("/")
            if first in ("rules.md", "editors/README.md", "decisions/README.md"):
                (listed,) = section.values()
                listed += [name for name in site if name.startswith(f"{folder}/") and name != first]


def _pictures(text: str, path: Path) -> Iterator[Path]:
    for link in _LINK.finditer("".join(_CODE.split(text)[::2])):
        picture = (path.parent / link["target"]).resolve()
        if picture.suffix in _PICTURES and picture.is_file():
            yield picture


def _indented(markdown: str) -> str:
    """Indent what belongs to an item of a numbered list by four, where CommonMark asks for three.

    Python-Markdown, by which Zensical reads pages, takes less for the end of the list.
    """
    lines = []
    in_list = False
    for line in markdown.splitlines():
        if line and not line.startswith(" "):
            in_list = re.match(r"\d+\. ", line) is not None
        lines.append(f" {line}" if in_list and line.startswith("   ") else line)
    return "\n".join(lines) + "\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    assemble(Path(*sys.argv[1:]) if sys.argv[1:] else ROOT / "build")
