"""Build the self-contained programs for this platform: ``make binary``.

Into ``build/binary/precompass``, a folder with ``precompass``, ``precompass-lsp`` and everything
that they need, Python included; and into ``dist``, as an archive of that folder. Frozen is the
wheel, as a user would install it, in an environment that has the locked versions and no others.
With ``--platform``, tells the name of this platform and builds nothing.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

from precompass import __version__

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "binary"
FOLDER = BUILD / "precompass"
"""The folder of the programs."""
ENVIRONMENT = BUILD / "environment"
"""The virtual environment that is frozen: the wheel, what it needs, and PyInstaller."""
LOCK = ROOT / ".ci" / "requirements-binary.lock"

_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
_OLDEST_ZIP_TIME = 315_532_800  # 1980-01-01: zip knows no earlier one


def platform_name() -> str:
    """The name of this platform, as VS Code's marketplace has it: ``linux-x64``."""
    machine = platform.machine().lower()
    return f"{sys.platform}-{_MACHINES.get(machine, machine)}"


def program(folder: Path, name: str) -> Path:
    """Return the path of a program in a folder of programs."""
    return folder / (f"{name}.exe" if sys.platform == "win32" else name)


def environment_program(name: str) -> Path:
    """Return the path of a program of the environment that is frozen."""
    return program(ENVIRONMENT / ("Scripts" if sys.platform == "win32" else "bin"), name)


def build() -> Path:
    """Build the folder and its archive; return the archive's path."""
    wheel = _wheel()
    noted, made_from = BUILD / "built-from", _digest(wheel)
    archives = sorted((ROOT / "dist").glob(f"{_archive_name()}.*"))
    if archives and FOLDER.exists() and noted.exists() and noted.read_text() == made_from:
        return archives[0]
    noted.unlink(missing_ok=True)
    _make_environment(wheel)
    python = environment_program("python")
    specification = ROOT / "binary" / "precompass.spec"
    folders = ["--distpath", str(BUILD), "--workpath", str(BUILD / "work")]
    _run(python, "-m", "PyInstaller", "--noconfirm", "--log-level=WARN", *folders, specification)
    libraries = BUILD / "work" / "precompass" / "libraries.json"
    _run(python, ROOT / "binary" / "contents.py", FOLDER, libraries)
    shutil.copy(ROOT / "LICENSE", FOLDER / "LICENSE")
    archive = _archived()
    noted.write_text(made_from)
    return archive


def _digest(wheel: Path) -> str:
    """Return a digest of all that the programs are built from; the same gives the same ones."""
    digest = hashlib.sha256(sys.version.encode())
    for path in [wheel, LOCK, *sorted(path for path in ROOT.glob("binary/**/*") if path.is_file())]:
        if "__pycache__" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _wheel() -> Path:
    wheels = BUILD / "wheel"
    shutil.rmtree(wheels, ignore_errors=True)
    _run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", wheels, ROOT)
    (wheel,) = wheels.glob("*.whl")
    return wheel


def _make_environment(wheel: Path) -> None:
    noted = ENVIRONMENT / "installed-from"
    made_from = f"{sys.version}\n{LOCK.read_text(encoding='utf-8')}"
    python = environment_program("python")
    install = (python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install")
    if not noted.exists() or noted.read_text(encoding="utf-8") != made_from:
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
        _run(*install, "--require-hashes", "--requirement", LOCK)
        noted.write_text(made_from, encoding="utf-8")
    _run(*install, "--no-deps", "--force-reinstall", wheel)


def _run(*command: str | Path) -> None:
    # The same bytes each time: sets are written in the order of their hashes.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    subprocess.run([str(part) for part in command], check=True, env=environment, stdout=sys.stderr)


def _archive_name() -> str:
    return f"precompass-{__version__}-{platform_name()}"


def _archived() -> Path:
    """Pack the folder, with nothing in the archive that depends on when or by whom."""
    name = _archive_name()
    files = sorted(path for path in FOLDER.rglob("*") if not path.is_dir())
    places = {path: f"{name}/{path.relative_to(FOLDER).as_posix()}" for path in files}
    time = max(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), _OLDEST_ZIP_TIME)
    (ROOT / "dist").mkdir(exist_ok=True)
    if sys.platform == "win32":
        archive = ROOT / "dist" / f"{name}.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
            for path, place in places.items():
                packed.writestr(_zip_entry(place), path.read_bytes())
        return archive

    def anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        entry.mtime = time
        return entry

    archive = ROOT / "dist" / f"{name}.tar.gz"
    with (
        archive.open("wb") as stream,
        gzip.GzipFile("", "wb", compresslevel=9, fileobj=stream, mtime=time) as compressed,
        tarfile.open(fileobj=compressed, mode="w") as packed_files,
    ):
        for path, place in places.items():
            packed_files.add(path, place, recursive=False, filter=anonymous)
    return archive


def _zip_entry(place: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(place)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


if __name__ == "__main__":
    if sys.argv[1:] == ["--platform"]:
        print(platform_name())
    else:
        print(build().relative_to(ROOT))
