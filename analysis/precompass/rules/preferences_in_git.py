"""Preferences in git that lead nowhere on other machines, or that nobody else should read.

`LocalPreferences.toml` is meant for one machine. Where git tracks it, its paths reach machines that
do not have them: a package then fails to compile there, or falls back without a word. Where it
holds a password or an access token, everybody who has the repository can read it, now and in
every later copy of its history.

Files that git does not track are not looked at. Paths count where they are absolute and lie in
one of the usual places, such as `/home`, `/opt`, `/scratch` or a drive of Windows. A secret is
known by the shape of its value (tokens of GitHub, GitLab, AWS and others, private keys, addresses
with a password), or by its key. The index of the repository is read as data; git is not run.

**Example**

```toml
# LocalPreferences.toml
[CSV]
cache = "/home/ada/data/cache"
```

**Use instead**

```toml
# LocalPreferences.toml
[CSV]
cache = "cache"
```

**Fix** Keep the file out of git: add it to `.gitignore`, and run
`git rm --cached LocalPreferences.toml`. What all machines share can be in `[preferences]` of
`Project.toml`. Revoke a secret that was pushed: removing the line does not remove it from history.

**Source** Preferences.jl, "LocalPreferences.toml"; gitformat-index(5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from precompass.documents.text import Span
from precompass.documents.toml import Array, Node, Table
from precompass.file_context import EnvironmentContext
from precompass.files.git_index import is_tracked
from precompass.files.kinds import FileKind
from precompass.findings import Finding, Related, Severity
from precompass.julia.preferences import CLEAR
from precompass.rules.rule import FILES_WITH_PREFERENCES, Resource
from precompass.wording import listed

CODE = "preferences-in-git"
SEVERITY = Severity.INFORMATION
KINDS = FILES_WITH_PREFERENCES
LOOKS_INTO: frozenset[Resource] = frozenset()

_PLACES = (
    "Applications|Library|Users|Volumes|apps|bigdata|cluster|cm|cvmfs|data|etc|export|gpfs|home|"
    r"home\d|lib|lib64|lustre|media|mnt|net|nfs|nix|opt|p|private|proj|project|projects|root|run|"
    r"scratch|scratch\d|software|srv|sw|tmp|usr|var|work|work\d"
)
_PATH = rf"/(?:{_PLACES})/\S|~[/\\]|[A-Za-z]:[\\/]|\\\\[\w.-]+\\|/\S+\.(?:so|dylib)\b"
_SHAPES = {
    "a GitHub token": r"gh[oprsu]_[A-Za-z0-9]{30,}|github_pat_\w{20,}",
    "a GitLab token": r"glpat-[\w-]{15,}",
    "an AWS access key": r"(?:AKIA|ASIA)[0-9A-Z]{16}",
    "a Slack token": r"xox[abeprs]-[\w-]{10,}",
    "a Google API key": r"AIza[\w-]{35}",
    "a Hugging Face token": r"hf_[A-Za-z0-9]{20,}",
    "an npm or PyPI token": r"npm_[A-Za-z0-9]{30,}|pypi-[\w-]{20,}",
    "an API key": r"sk-[\w-]{20,}",
    "a JSON Web Token": r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "an address with a password": r"[a-z][a-z0-9+.-]*://[^\s/:@]+:[^\s/@]+@",
}
_KEY = (
    r"(?:^|[_-])(?:api_?key|access_?key|auth_?token|client_?secret|credentials?|passphrase|passwd|"
    r"password|private_?key|secret|secret_?key|token)$"
)
_PLACEHOLDER = r"[<$%{]|env:|changeme|none$|null$|default$|example|x{4,}|\*{3,}"
_SHORTEST = 6  # characters of a password


class _Place(msgspec.Struct, frozen=True):
    """A value that should not be in git: where, the keys that lead to it, and what it is."""

    span: Span
    name: str
    what: str


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report the paths of one machine, and the secrets, in a file that git tracks."""
    paths: list[_Place] = []
    secrets: list[_Place] = []
    for table in context.tables:
        for key, entry in table.table.entries.items() if table.table is not None else ():
            if key == CLEAR:
                continue
            for name, text in _texts(key, entry.node):
                place = Span(entry.key.span.start, entry.key.span.end)
                secret = _secret(name, text)
                if secret:
                    secrets.append(_Place(place, f"{table.name}.{key}", secret))
                elif re.match(_PATH, text):
                    paths.append(_Place(place, f"{table.name}.{key}", text))
    if (paths or secrets) and is_tracked(context.path):
        if secrets:
            yield _report(context, secrets, _about_secrets(secrets))
        if paths:
            yield _report(context, paths, _about_paths(context, paths))


def _report(context: EnvironmentContext, places: list[_Place], message: str) -> Finding:
    related = tuple(Related(context.path, one.span, f"{one.name}, too.") for one in places[1:])
    return context.finding(CODE, SEVERITY, places[0].span, message, related=related)


def _about_secrets(places: list[_Place]) -> str:
    names = listed(dict.fromkeys(one.name for one in places))
    return (
        f"Git tracks this file, and {names} looks like a secret ({places[0].what}): everybody who "
        "has the repository can read it. Revoke it, and keep it out of git."
    )


def _about_paths(context: EnvironmentContext, places: list[_Place]) -> str:
    names = list(dict.fromkeys(one.name for one in places))
    verb, it = ("is a path", "it") if len(names) == 1 else ("are paths", "them")
    where = (
        "Set it in LocalPreferences.toml, and keep that file out of git."
        if context.kind is FileKind.PROJECT
        else "Keep the file out of git."
    )
    return (
        f"Git tracks this file, and {listed(names)} {verb} of one machine: other machines may not "
        f"have {it}. {where}"
    )


def _texts(key: str, node: Node) -> Iterator[tuple[str, str]]:
    """Yield the strings in a value, with those in arrays and tables, each with its own key."""
    if isinstance(node, Array):
        for item in node.items:
            yield from _texts(key, item)
    elif isinstance(node, Table):
        for inner, entry in node.entries.items():
            yield from _texts(inner, entry.node)
    elif isinstance(node.value, str):
        yield key, node.value


def _secret(key: str, text: str) -> str:
    """Return what kind of secret a value looks like; an empty string if none."""
    for what, shape in _SHAPES.items():
        if re.search(shape, text):
            return what
    is_long = len(text) >= _SHORTEST and not re.search(r"\s", text)
    is_named = re.search(_KEY, key, re.IGNORECASE) is not None
    is_placeholder = re.search(_PLACEHOLDER, text, re.IGNORECASE) is not None
    is_secret = is_named and is_long and not is_placeholder and not re.match(_PATH, text)
    return "by its key" if is_secret else ""
