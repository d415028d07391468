"""The grammars of tree-sitter's packages, loaded without what else those packages load.

Such a package imports ``importlib.resources`` for queries that nothing here asks for, and with it
readers of archives: 5 ms and 1 MiB of every start.
"""

from __future__ import annotations

from importlib import import_module
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language


def grammar(package: str) -> Language:
    """Return the grammar of a package: of its compiled module where that is a file, as always."""
    from importlib.util import module_from_spec  # both seldom needed

    from tree_sitter import Language

    found = PathFinder.find_spec(package)
    places = found.submodule_search_locations if found is not None else None
    compiled = PathFinder.find_spec(f"{package}._binding", places) if places else None
    if compiled is None or compiled.loader is None:
        return Language(import_module(package).language())
    module = module_from_spec(compiled)
    compiled.loader.exec_module(module)
    return Language(module.language())
