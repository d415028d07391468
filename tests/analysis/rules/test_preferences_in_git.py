"""Paths of one machine and secrets, in preferences that git tracks."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.findings import Severity
from support.environments import manifest, project
from support.git_index import track
from support.rule_findings import expect, findings

CODE = "preferences-in-git"
FILES = {"Project.toml": project(deps="CSV"), "Manifest.toml": manifest({"CSV": ""})}
OF = {"of": "LocalPreferences.toml"}


def local(line: str) -> dict[str, str]:
    return FILES | {"LocalPreferences.toml": f"[CSV]\n{line}\n"}


def messages(folder: Path, line: str) -> list[str]:
    track(folder, "LocalPreferences.toml")
    return [found.message for found in findings(folder, CODE, local(line), **OF)]


def test_a_path_in_a_file_that_git_tracks(tmp_path: Path) -> None:
    track(tmp_path, "LocalPreferences.toml")
    files = local('depth = 1\n⟦cache⟧ = "/home/ada/cache"\nlibs = ["/opt/a/b.so"]')
    found = expect(tmp_path, CODE, files, Severity.INFORMATION, **OF)
    assert "CSV.cache and CSV.libs are paths of one machine" in found[0].message
    assert [related.message for related in found[0].related] == ["CSV.libs, too."]


def test_a_file_that_git_does_not_track(tmp_path: Path) -> None:
    files = local('cache = "/home/ada/cache"')
    assert findings(tmp_path, CODE, files, **OF) == []
    track(tmp_path, "Project.toml")
    assert findings(tmp_path, CODE, files, **OF) == []


def test_preferences_of_a_project_file(tmp_path: Path) -> None:
    track(tmp_path, "Project.toml")
    text = project(deps="CSV") + '\n[preferences.CSV]\n⟦cache⟧ = "~/cache"\n'
    found = expect(tmp_path, CODE, FILES | {"Project.toml": text})
    assert "Set it in LocalPreferences.toml" in found[0].message


@pytest.mark.parametrize(
    "path",
    [
        "/Users/ada/x",
        "C:\\\\Julia\\\\x",
        "D:/data",
        "/scratch2/x/y",
        "\\\\\\\\server\\\\share",
        "/x/y.so.4",
    ],
)
def test_paths(tmp_path: Path, path: str) -> None:
    assert len(messages(tmp_path, f'cache = "{path}"')) == 1


@pytest.mark.parametrize(
    "value",
    [
        "data/cache",
        "libmpi.so",
        "/api/v1",
        "https://a.org/home/x",
        "a:b",
        "@depot/x",
        "$HOME/x",
        "/",
    ],
)
def test_no_paths(tmp_path: Path, value: str) -> None:
    assert messages(tmp_path, f'cache = "{value}"') == []


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (f'a = "ghp_{"a1" * 18}"', "a GitHub token"),
        ('a = "glpat-abcdefghij0123456789"', "a GitLab token"),
        ('a = "AKIAABCDEFGHIJKLMNOP"', "an AWS access key"),
        ('a = "https://ada:lovelace1815@a.org/x"', "an address with a password"),
        ('a = "-----BEGIN RSA PRIVATE KEY-----"', "a private key"),
        ('password = "tr0ub4dor"', "by its key"),
        ('api_key = "0123456789"', "by its key"),
        ('db.client_secret = "0123456789"', "by its key"),
    ],
)
def test_secrets(tmp_path: Path, line: str, what: str) -> None:
    found = messages(tmp_path, line)
    assert len(found) == 1
    assert f"looks like a secret ({what})" in found[0]
    assert "tr0ub4dor" not in "".join(found)


@pytest.mark.parametrize(
    "line",
    [
        'token = "<your token>"',
        'password = "changeme"',
        'token = "${TOKEN}"',
        "token = true",
        'tokenizer = "gpt-4-turbo"',
        'password_file = "secrets.txt"',
        'secret = "none"',
        'url = "https://a.org/x"',
    ],
)
def test_no_secrets(tmp_path: Path, line: str) -> None:
    assert messages(tmp_path, line) == []


def test_a_secret_and_a_path_are_two_findings(tmp_path: Path) -> None:
    assert len(messages(tmp_path, 'password = "tr0ub4dor"\ncache = "/home/a/b"')) == 2
