"""A grammar is loaded without what its package imports besides."""

from __future__ import annotations

import subprocess
import sys

import pytest
import tree_sitter
import tree_sitter_julia
import tree_sitter_toml

from precompass.documents.grammar import grammar


@pytest.mark.parametrize("package", [tree_sitter_toml, tree_sitter_julia])
def test_it_is_the_grammar_of_the_package(package: object) -> None:
    expected = tree_sitter.Language(package.language())  # type: ignore[attr-defined]
    assert grammar(package.__name__) == expected  # type: ignore[attr-defined]


def test_a_package_that_is_no_folder_of_files_is_asked_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As in a program that keeps its modules in an archive."""
    monkeypatch.setattr("importlib.machinery.PathFinder.find_spec", lambda *_: None)
    assert grammar("tree_sitter_toml") == tree_sitter.Language(tree_sitter_toml.language())


def test_readers_of_archives_are_not_imported() -> None:
    program = (
        "import sys; before = set(sys.modules)\n"
        "from precompass.documents.grammar import grammar\n"
        "grammar('tree_sitter_toml')\n"
        "print(*{'bz2', 'importlib.resources', 'shutil', 'tempfile'} & set(sys.modules) - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
