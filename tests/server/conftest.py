"""A small environment, and an editor that is connected to a real server process."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types

from support.editor_client import SERVER, Editor
from support.small_environment import write_environment


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project file of an environment; manifest and preferences file lie beside it."""
    return write_environment(tmp_path / "Survey")


@pytest.fixture
def preferences(project: Path) -> Path:
    return project.with_name("LocalPreferences.toml")


@pytest.fixture
def manifest(project: Path) -> Path:
    return project.with_name("Manifest.toml")


@pytest.fixture
def julia_variables(tmp_path: Path) -> dict[str, str]:
    """The environment variables of a machine where nothing of Julia is installed."""
    return {**os.environ, "JULIA_DEPOT_PATH": str(tmp_path / "depot"), "JULIA_LOAD_PATH": "@"}


@pytest_asyncio.fixture()
async def editor(julia_variables: dict[str, str]) -> AsyncIterator[Editor]:
    """An editor, before it says hello; in the end, the server must have nothing to regret."""
    client = Editor()
    await client.start_io(*SERVER, env=julia_variables)
    yield client
    await client.shutdown_session()
    await client.leave()
    errors = [log.message for log in client.log_messages if log.type is types.MessageType.Error]
    assert not errors, errors
