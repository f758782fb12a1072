"""The folders stand at the root, the import name is one: `maquette`."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from places import ROOT

LAYERS = (
    "records",
    "words",
    "infra",
    "model_servers",
    "tools",
    "agents",
    "workflows",
    "api",
    "training",
)
FOLDERS = (*LAYERS, "benchmarks")


def sources() -> list[Path]:
    """Every Python file of the product."""
    return sorted(file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_link_leads_to_its_root_folder(folder: str) -> None:
    """`src/maquette/<folder>` is a relative link to the folder at the root."""
    link = ROOT / "src" / "maquette" / folder
    assert link.is_symlink()
    assert not link.readlink().is_absolute()
    assert link.resolve() == ROOT / folder


@pytest.mark.parametrize("folder", FOLDERS)
def test_root_folders_hold_no_init(folder: str) -> None:
    """A root folder is no package of its own, so it can never shadow another project's."""
    assert not (ROOT / folder / "__init__.py").exists()


def test_nothing_imports_a_bare_folder() -> None:
    """Every import of ours goes through `maquette`, in the product and in the tests."""
    offenders = []
    for file in [*sources(), *sorted((ROOT / "tests").rglob("*.py"))]:
        for node in ast.walk(ast.parse(file.read_text())):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            offenders += [
                f"{file.relative_to(ROOT)}: {name}"
                for name in names
                if name.split(".")[0] in FOLDERS
            ]
    assert offenders == []


def test_import_agents_is_not_ours(tmp_path: Path) -> None:
    """`import agents` finds nothing of ours: another package of that name can live beside."""
    code = (
        "import importlib.util as u; s = u.find_spec('agents'); "
        "print([] if s is None else list(s.submodule_search_locations or []))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    assert str(ROOT / "agents") not in found


def test_imports_point_one_way(tmp_path: Path) -> None:
    """import-linter finds no import against the direction of the layers.

    It sees only packages with an `__init__.py`, so it is given a copy that has them.
    """
    package = tmp_path / "maquette"
    package.mkdir()
    for folder in FOLDERS:
        shutil.copytree(
            ROOT / folder,
            package / folder,
            ignore=shutil.ignore_patterns("__pycache__", "bundled"),
        )
    for directory in [package, *(p for p in package.rglob("*") if p.is_dir())]:
        (directory / "__init__.py").touch()
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [linter, "--config", ROOT / ".importlinter", "--no-cache"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    "module",
    [
        "maquette.records.task",
        "maquette.tools.contract",
        "maquette.model_servers.client.roles",
        "maquette.workflows.run.task_workflow",
        "maquette.api.cli.main",
    ],
)
def test_light_modules_stay_light(module: str) -> None:
    """What workflows and the command line import loads no model library and no Ray."""
    code = (
        f"import sys, {module}; "
        "print([m for m in ('torch', 'ray', 'diffusers', 'transformers') if m in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert found.strip() == "[]"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy so that nothing is left in the tree."""
    copy = tmp_path_factory.mktemp("tree") / "maquette"
    shutil.copytree(
        ROOT,
        copy,
        symlinks=True,
        ignore=shutil.ignore_patterns(
            ".git", ".venv", ".maquette", "__pycache__", "*.egg-info", "tests", "build"
        ),
    )
    out = copy / "dist"
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "-q", "-w", out, copy],
        check=True,
        capture_output=True,
    )
    return next(out.glob("*.whl"))


def test_the_wheel_holds_every_module(wheel: Path) -> None:
    """No module and no data file of the pack is lost on the way into the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    wanted = {f"maquette/{file.relative_to(ROOT)}" for file in sources()}
    pack = ROOT / "model_servers" / "bundled"
    wanted |= {f"maquette/{f.relative_to(ROOT)}" for f in pack.rglob("*") if f.is_file()}
    assert wanted - held == set()


def test_the_installed_wheel_imports(wheel: Path, tmp_path: Path) -> None:
    """Unpacked outside the tree, the wheel's own modules are the ones imported."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = "import maquette.records.task as t, maquette.tools.contract; print(t.__file__)"
    result = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[1:1] = {sys.path!r}; {code}"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip().startswith(str(tmp_path))


def test_torch_is_pinned_in_the_constraints() -> None:
    """The launcher installs torch first from its pin, so the pin must be there and fit."""
    pins = (ROOT / "constraints.txt").read_text().splitlines()
    assert "torch==2.13.0" in pins
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = {pin.split("==")[0].lower().replace("_", "-") for pin in pins if "==" in pin}
    needed = {
        requirement.split(">=")[0].split("[")[0].lower().replace("_", "-")
        for requirement in project["dependencies"]
    }
    assert needed - pinned == set()
