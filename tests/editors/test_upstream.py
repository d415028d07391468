"""What the registries of others are to get is in their formats, and is what the server is."""

from __future__ import annotations

import configparser
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from precompass import REPOSITORY, __version__
from precompass.files.kinds import file_kind
from support.environments import write
from support.patience import PATIENCE, SESSION
from support.shared_data import ROOT
from support.survey import files

UPSTREAM = ROOT / "editors" / "upstream"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WORKFLOW = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
PLATFORMS = set(re.findall(r"\{ platform: ([\w-]+),", WORKFLOW))
SERVED = ["Project.toml", "JuliaManifest.toml", "Manifest-v1.12.toml", "LocalPreferences.toml"]
OTHERS = ["Cargo.toml", "MyProject.toml", "Manifest-old.toml"]


def read(name: str) -> str:
    return (UPSTREAM / name).read_text(encoding="utf-8")


def archive(platform: str) -> str:
    suffix = "zip" if platform.startswith("win32") else "tar.gz"
    return f"precompass-{__version__}-{platform}.{suffix}"


def test_the_page_names_every_file_and_no_other() -> None:
    named = set(re.findall(r"`([\w./-]+/[\w.-]+)`", read("README.md")))
    written = {
        path.relative_to(UPSTREAM).as_posix()
        for path in UPSTREAM.rglob("*")
        if path.is_file() and path.suffix not in (".md", ".py", ".pyc")
    }
    assert written <= named


def test_the_release_builds_for_five_platforms() -> None:
    assert {"linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win32-x64"} == PLATFORMS


# Neovim


def test_lua_is_sound() -> None:
    luacheck = shutil.which("luacheck")
    if luacheck is None:
        pytest.skip("needs luacheck")
    file = UPSTREAM / "nvim-lspconfig" / "lsp" / "precompass.lua"
    done = subprocess.run(
        [luacheck, "--globals", "vim", "--no-color", file], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout.decode()
    text = file.read_text(encoding="utf-8")
    assert text.startswith("---@brief\n---\n")
    assert "\n---@type vim.lsp.Config\nreturn {" in text


def test_neovim_starts_the_server_from_it_for_our_files_alone(
    tmp_path: Path, variables: Mapping[str, str]
) -> None:
    neovim = Path(sys.executable).with_name("nvim")
    if not neovim.exists():
        pytest.skip("needs Neovim 0.11 in the virtual environment")
    write(tmp_path / "rivers", files("[Nobody]\nfast = true\n") | {"Cargo.toml": ""})
    script = tmp_path / "session.lua"
    script.write_text(
        "vim.opt.rtp:append(vim.env.UPSTREAM)\nvim.lsp.enable('precompass')\n"
        "vim.cmd.edit('Cargo.toml')\nlocal other = vim.api.nvim_get_current_buf()\n"
        "vim.cmd.edit('LocalPreferences.toml')\n"
        "local found = vim.wait(1000 * tonumber(vim.env.PATIENCE), function()\n"
        "  return #vim.diagnostic.get(0) > 0\nend)\n"
        "local served = #vim.lsp.get_clients({ bufnr = other }) > 0\n"
        "io.stdout:write(vim.inspect({ found, served }))\nvim.cmd('qall!')\n"
    )
    done = subprocess.run(
        [neovim, "--headless", "-u", "NONE", "-c", "filetype on", "-S", script],
        cwd=tmp_path / "rivers",
        env={
            **variables,
            "UPSTREAM": str(UPSTREAM / "nvim-lspconfig"),
            "PATIENCE": str(PATIENCE),
        },
        capture_output=True,
        text=True,
        timeout=SESSION,
        check=True,
    )
    assert done.stdout == "{ true, false }"


def test_mason_finds_every_archive_of_the_release() -> None:
    package: dict[str, Any] = yaml.safe_load(
        read("mason-registry/packages/precompass/package.yaml")
    )
    assert list(package) == [
        "name", "description", "homepage", "licenses", "languages", "categories", "source",
        "bin", "neovim",
    ]  # fmt: skip
    assert package["homepage"] == REPOSITORY
    assert package["source"]["id"] == f"pkg:github/precompass/precompass@v{__version__}"
    assert set(package["categories"]) <= {
        "LSP",
        "DAP",
        "Linter",
        "Formatter",
        "Runtime",
        "Compiler",
    }
    assets = [
        {key: filled(value) for key, value in asset.items()} for asset in package["source"]["asset"]
    ]
    assert {asset["file"] for asset in assets} == {archive(platform) for platform in PLATFORMS}
    for asset in assets:
        assert asset["file"].startswith(f"{asset['folder']}.")
        system, machine = asset["folder"].split("-")[2:]
        assert (
            re.sub("^win_", "win32_", asset["target"].removesuffix("_gnu")) == f"{system}_{machine}"
        )
        assert asset["suffix"] == (".exe" if system == "win32" else "")
    assert package["bin"] == {
        name: f"exec:{{{{source.asset.folder}}}}/{name}{{{{source.asset.suffix}}}}"
        for name in PROJECT["scripts"]
    }
    assert (UPSTREAM / "nvim-lspconfig/lsp" / f"{package['neovim']['lspconfig']}.lua").is_file()


def filled(text: str) -> str:
    return text.replace('{{ version | strip_prefix "v" }}', __version__)


# Others


def test_schemastore_gets_our_four_schemas() -> None:
    catalog = json.loads(read("schemastore/catalog.json"))
    assert set(catalog) == {"$schema", "version", "schemas"}
    names = [entry["name"] for entry in catalog["schemas"]]
    assert names == sorted(names)
    for entry in catalog["schemas"]:
        assert set(entry) == {"name", "description", "fileMatch", "url"}
        # Which its own checks refuse.
        assert not re.search(r"schema|\n", f"{entry['name']} {entry['description']}", re.IGNORECASE)
        for pattern in entry["fileMatch"]:
            assert file_kind(Path(pattern.replace("*", "1.12"))) is not None, pattern
    ours = {
        json.loads(path.read_text(encoding="utf-8"))["$id"]
        for path in (ROOT / "docs" / "schemas").glob("*.json")
    }
    assert {entry["url"] for entry in catalog["schemas"]} == ours
    matched = [
        [name for name in (*SERVED, *OTHERS) if any(fnmatchcase(name, one) for one in patterns)]
        for patterns in (entry["fileMatch"] for entry in catalog["schemas"])
    ]
    assert matched == [
        ["LocalPreferences.toml"],
        ["JuliaManifest.toml", "Manifest-v1.12.toml"],
        ["Project.toml"],
        [],
    ]


def test_helix_gets_what_our_users_append() -> None:
    ours = (ROOT / "editors" / "helix" / "languages.toml").read_text(encoding="utf-8")
    assert tomllib.loads(read("helix/languages.toml")) == tomllib.loads(ours)


def test_zed_gets_the_extension_of_this_version() -> None:
    (name, entry), *others = tomllib.loads(read("zed/extensions.toml")).items()
    assert others == []
    extension = ROOT / entry["path"] / "extension.toml"
    told = tomllib.loads(extension.read_text(encoding="utf-8"))
    assert (told["id"], told["version"]) == (name, entry["version"])
    modules = configparser.ConfigParser()
    modules.read_string(read("zed/gitmodules"))
    section = modules[f'submodule "{entry["submodule"]}"']
    assert (section["path"], section["url"]) == (entry["submodule"], f"{REPOSITORY}.git")


def test_melpa_s_recipe_names_the_package() -> None:
    text = read("melpa/recipes/precompass")
    assert text.startswith("(precompass :fetcher github\n")
    assert f':repo "{REPOSITORY.removeprefix("https://github.com/")}"' in text
    (named,) = re.findall(r':files \("([^"]+)"\)', text)
    assert (ROOT / named).is_file()
    emacs = shutil.which("emacs")
    if emacs is None:
        pytest.skip("needs Emacs")
    subprocess.run([emacs, "--batch", "--eval", f"(car '{text})"], check=True, capture_output=True)


def test_conda_forge_s_recipe_asks_for_what_the_package_asks_for() -> None:
    recipe = yaml.safe_load(read("conda-forge/recipe.yaml"))
    assert recipe["context"]["version"] == __version__
    assert recipe["context"]["python_min"] == PROJECT["requires-python"].removeprefix(">=")
    asked = {
        f"{requirement.name} {','.join(sorted(map(str, requirement.specifier), reverse=True))}"
        for requirement in map(Requirement, PROJECT["dependencies"])
    }
    run = set(recipe["requirements"]["run"]) - {"python >=${{ python_min }}"}
    assert run == asked
    scripts = {f"{name} = {target}" for name, target in PROJECT["scripts"].items()}
    assert set(recipe["build"]["python"]["entry_points"]) == scripts
    assert recipe["about"]["license"] == PROJECT["license"]
    assert (ROOT / recipe["about"]["license_file"]).is_file()


def test_homebrew_s_formula_has_an_archive_for_each_of_its_platforms() -> None:
    text = read("homebrew/precompass.rb")
    urls = re.findall(r'url "([^"]+)"', text)
    release = f"{REPOSITORY}/releases/download/v{__version__}"
    assert set(urls) == {
        f"{release}/{archive(platform)}" for platform in PLATFORMS if "win32" not in platform
    }
    assert f'version "{__version__}"' in text
    for system, block in re.findall(r"  on_(macos|linux) do\n(.*?)\n  end\n", text, re.DOTALL):
        for machine, url in re.findall(r'on_(arm|intel) do\n\s*url "([^"]+)"', block):
            name = {"macos": "darwin", "linux": "linux"}[system]
            assert f"-{name}-{ {'arm': 'arm64', 'intel': 'x64'}[machine] }." in url
    ruby = shutil.which("ruby")
    if ruby is not None:
        subprocess.run([ruby, "-c", UPSTREAM / "homebrew/precompass.rb"], check=True)


# Checksums


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sums", UPSTREAM / "with_checksums.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["homebrew/precompass.rb", "conda-forge/recipe.yaml"])
def test_checksums_of_a_release_take_the_place_of_the_zeros(name: str, tmp_path: Path) -> None:
    names = [*map(archive, PLATFORMS), f"precompass-{__version__}.tar.gz"]
    sums = {one: hashlib.sha256(one.encode()).hexdigest() for one in names}
    file = tmp_path / "SHA256SUMS"
    file.write_text("".join(f"{value}  {one}\n" for one, value in sums.items()))
    done = subprocess.run(
        [sys.executable, UPSTREAM / "with_checksums.py", file, name],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert "0" * 64 not in done.stdout
    for one, value in sums.items():
        assert (value in done.stdout) == (one in read(name).replace("${{ version }}", __version__))
    with pytest.raises(KeyError):
        script().with_checksums(read(name), "", __version__)
