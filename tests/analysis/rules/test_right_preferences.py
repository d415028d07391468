"""Preferences files that are right, as packages' own functions write them: nothing is reported.

Each is that of a real use: a local CUDA toolkit, the MPI of a cluster, a Python that is there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from precompass.rules import check
from support.environments import Package, manifest, project, session

PREFERENCES = "LocalPreferences.toml"
JLL = "Artifacts JLLWrappers Preferences"


@dataclass(frozen=True)
class Use:
    """A project, the versions in its manifest, and its preferences."""

    preferences: str
    packages: Mapping[str, str | Package]
    deps: str
    extras: str = ""


CUDA = {
    "CUDA": Package("CUDA_Runtime_jll Preferences PrecompileTools", version="5.5.2"),
    "CUDA_Runtime_jll": Package(JLL, version="0.15.5+0"),
}
MPI = {
    "MPI": Package("MPIPreferences", version="0.20.22"),
    "MPIPreferences": Package("Preferences", version="0.1.11"),
}
DIFFEQ = "PrecompileTools Preferences"
USES = {
    "a local CUDA toolkit": Use(
        '[CUDA_Runtime_jll]\nlocal = "true"\nversion = "12.6"\n',
        CUDA,
        "CUDA",
        "CUDA_Runtime_jll",
    ),
    "a version of the CUDA runtime": Use(
        '[CUDA_Runtime_jll]\nversion = "12.4"\n', CUDA, "CUDA", "CUDA_Runtime_jll"
    ),
    "the MPI of the system": Use(
        '[MPIPreferences]\n_format = "1.0"\nabi = "OpenMPI"\nbinary = "system"\ncclibs = []\n'
        'libmpi = "libmpi"\nmpiexec = "mpiexec"\npreloads = []\npreloads_env_switch = ""\n',
        MPI,
        "MPI MPIPreferences",
    ),
    "the MPI of a vendor": Use(
        '[MPIPreferences]\n_format = "1.0"\nabi = "MPICH"\nbinary = "system"\n'
        'cclibs = ["cupti", "cudart", "cuda", "dl"]\nlibmpi = "libmpi_gnu_91.so"\n'
        'mpiexec = "srun"\npreloads = ["libmpi_gtl_cuda.so"]\n'
        'preloads_env_switch = "MPICH_GPU_SUPPORT_ENABLED"\n',
        MPI,
        "MPI",
        "MPIPreferences",
    ),
    "a parallel HDF5": Use(
        '[HDF5]\nlibhdf5 = "/opt/hdf5/lib/libhdf5.so"\n'
        'libhdf5_hl = "/opt/hdf5/lib/libhdf5_hl.so"\n',
        {
            "HDF5": Package("HDF5_jll Preferences", version="0.17.2"),
            "HDF5_jll": Package(JLL, version="1.14.3+3"),
        },
        "HDF5",
    ),
    "the library of a JLL": Use(
        '[HDF5_jll]\nlibhdf5_path = "/opt/hdf5/lib/libhdf5.so"\n'
        'libhdf5_hl_path = "/opt/hdf5/lib/libhdf5_hl.so"\n',
        {
            "HDF5": Package("HDF5_jll Preferences", version="0.16.16"),
            "HDF5_jll": Package(JLL, version="1.14.3+3"),
        },
        "HDF5",
        "HDF5_jll",
    ),
    "solvers that are not stiff": Use(
        "[OrdinaryDiffEq]\nPrecompileNonStiff = true\nPrecompileStiff = false\n"
        "PrecompileAutoSwitch = false\nPrecompileLowStorage = false\n"
        "PrecompileDefaultSpecialize = true\nPrecompileAutoSpecialize = false\n"
        "PrecompileFunctionWrapperSpecialize = false\nPrecompileNoSpecialize = false\n",
        {"OrdinaryDiffEq": Package(DIFFEQ, version="6.49.4")},
        "OrdinaryDiffEq",
    ),
    "threads and mathematics of Trixi": Use(
        '[Trixi]\nbackend_threading = "polyester"\nlog = "log_Base"\nsqrt = "sqrt_Base"\n'
        "loop_vectorization = false\n",
        {"Trixi": Package(DIFFEQ, version="0.9.4")},
        "Trixi",
    ),
    "a Python that is there": Use(
        '[CondaPkg]\nbackend = "Null"\n\n[PythonCall]\nexe = "/usr/bin/python3"\n',
        {
            "CondaPkg": Package("Preferences", version="0.2.29"),
            "PythonCall": Package("CondaPkg Preferences", version="0.9.26"),
        },
        "CondaPkg PythonCall",
    ),
    "FFTW by MKL": Use(
        '[FFTW]\nprovider = "mkl"\n', {"FFTW": Package("Preferences", version="1.8.0")}, "FFTW"
    ),
    "Enzyme without replaced bitcode": Use(
        '[Enzyme]\nbitcode_replacement = "false"\n',
        {"Enzyme": Package(DIFFEQ, version="0.13.108")},
        "Enzyme",
    ),
    "the CUDA driver of the system, and any version of the runtime": Use(
        '[CUDA_Runtime_jll]\n__clear__ = ["version"]\nlocal = "true"\n\n'
        '[CUDA_Driver_jll]\ncompat = "false"\n',
        {
            **CUDA,
            "CUDA": Package("CUDA_Driver_jll CUDA_Runtime_jll Preferences", version="5.8.2"),
            "CUDA_Driver_jll": Package(JLL, version="0.13.1+0"),
        },
        "CUDA",
        "CUDA_Runtime_jll CUDA_Driver_jll",
    ),
    "kernels that are cached on disk": Use(
        '[GPUCompiler]\ndisk_cache = "true"\n\n[CUDA]\nnonblocking_synchronization = false\n',
        {**CUDA, "GPUCompiler": Package(DIFFEQ, version="1.6.1")},
        "CUDA GPUCompiler",
    ),
    "the MPI of a JLL": Use(
        '[MPIPreferences]\n__clear__ = ["preloads_env_switch"]\n_format = "1.0"\n'
        'abi = "OpenMPI"\nbinary = "OpenMPI_jll"\ncclibs = []\npreloads = []\n',
        MPI,
        "MPI MPIPreferences",
    ),
    "the MPI of a cluster, started with arguments": Use(
        '[MPIPreferences]\n_format = "1.0"\nabi = "MPICH"\nbinary = "system"\n'
        'cclibs = ["cupti", "cudart", "cuda", "sci_gnu_123"]\nlibmpi = "libmpi_cray.so"\n'
        'mpiexec = ["srun", "--mpi=pmix"]\npreloads = ["libmpi_gtl_hsa.so"]\n'
        'preloads_env_switch = "MPICH_GPU_SUPPORT_ENABLED"\n',
        MPI,
        "MPI",
        "MPIPreferences",
    ),
    "HDF5 and MPI of the system": Use(
        '[HDF5]\nlibhdf5 = "libhdf5.so"\nlibhdf5_hl = "libhdf5_hl.so"\n\n'
        '[MPIPreferences]\n_format = "1.0"\nabi = "OpenMPI"\nbinary = "system"\n'
        'libmpi = "libmpi.so.40"\nmpiexec = "mpirun"\n',
        {
            **MPI,
            "HDF5": Package("HDF5_jll MPIPreferences Preferences", version="0.17.2"),
            "HDF5_jll": Package(f"{JLL} MPIPreferences", version="1.14.6+0"),
        },
        "HDF5 MPIPreferences",
    ),
    "one solver, and no workload of another": Use(
        "[OrdinaryDiffEqTsit5]\nPrecompileNoSpecialize = false\nPrecompileLowStorage = false\n\n"
        "[OrdinaryDiffEqRosenbrock]\nprecompile_workload = false\n",
        {
            "OrdinaryDiffEqTsit5": Package(DIFFEQ, version="1.1.0"),
            "OrdinaryDiffEqRosenbrock": Package(DIFFEQ, version="1.11.0"),
        },
        "OrdinaryDiffEqTsit5 OrdinaryDiffEqRosenbrock",
    ),
    "solvers without MKL": Use(
        "[LinearSolve]\nLoadMKL_JLL = false\n",
        {"LinearSolve": Package(DIFFEQ, version="3.19.0")},
        "LinearSolve",
    ),
    "packages whose workload is skipped": Use(
        "[CUDA]\nprecompile_workload = false\n\n[OrdinaryDiffEq]\nprecompile_workload = false\n",
        {**CUDA, "OrdinaryDiffEq": Package(DIFFEQ, version="6.90.1")},
        "CUDA OrdinaryDiffEq",
    ),
}
BELOW: dict[str, str | Package] = {
    "Artifacts": "",
    "JLLWrappers": Package("Artifacts Preferences", version="1.7.0"),
    "PrecompileTools": Package("Preferences", version="1.2.1"),
    "Preferences": Package("TOML", version="1.4.3"),
    "TOML": "",
}


def reported(folder: Path, use: Use, files: dict[str, str]) -> list[str]:
    """The findings in the preferences, wherever they are."""
    listing = project(deps=use.deps, extras=use.extras)
    preferences = use.preferences
    for path in re.findall(r'"(/opt/[^"]*)"', preferences):  # libraries that are there
        there = folder / path.lstrip("/")
        there.parent.mkdir(parents=True, exist_ok=True)
        there.touch()
        preferences = preferences.replace(path, there.as_posix())
    in_project = preferences.replace("[", "[preferences.", 1).replace("\n\n[", "\n\n[preferences.")
    places = {
        PREFERENCES: {**files, "Project.toml": listing, PREFERENCES: preferences},
        "Project.toml": {**files, "Project.toml": f"{listing}\n{in_project}"},
    }
    return [
        f"{of}: {found.code}: {found.message}"
        for of, texts in places.items()
        for found in check(session(folder, texts), folder / of)
        if found.code != "missing-manifest"  # says that counts are unknown, once for a project
    ]


@pytest.mark.parametrize("julia", ["1.9.4", "1.10.10", "1.11.7", "1.12.2"])
@pytest.mark.parametrize("name", USES)
def test_nothing_is_reported(tmp_path: Path, name: str, julia: str) -> None:
    packages = {**BELOW, **USES[name].packages}
    files = {"Manifest.toml": manifest(packages, julia=julia)}
    assert reported(tmp_path, USES[name], files) == []


@pytest.mark.parametrize("name", USES)
def test_nothing_is_reported_without_a_manifest(tmp_path: Path, name: str) -> None:
    assert reported(tmp_path, USES[name], {}) == []


def test_these_files_are_looked_at(tmp_path: Path) -> None:
    """The same files with a mistake are reported."""
    wrong = Use('[FFTW]\nprovidr = "mkl"\n', USES["FFTW by MKL"].packages, "FFTW")
    files = {"Manifest.toml": manifest({**BELOW, **wrong.packages})}
    assert any("unknown-preference" in found for found in reported(tmp_path, wrong, files))
