"""The folders stand at the root, the import name is one: `maquette`."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_files_that_a_page_names_are_there(page: Path) -> None:
    """Who follows a path from the documentation finds the file; it may be told from its room on."""
    files = [*sources(), *(ROOT / "tests").rglob("*.py")]
    known = [file.relative_to(ROOT).as_posix() for file in files]
    named = re.findall(r"`((?:\w+/)+\w+\.py)`", page.read_text())
    lost = [name for name in named if not any(f"/{one}".endswith(f"/{name}") for one in known)]
    assert lost == []


def test_what_the_walk_says_of_a_file_stands_in_it() -> None:
    """Each name of code in a row of the stranger's walk is one in that row's file, or the value of
    a constant of that name."""
    page = (ROOT / "docs" / "architecture.md").read_text()
    rows = re.findall(r"^\| \d \| `([\w/]+\.py)` \| (.*) \|$", page, re.MULTILINE)
    named = [(file, name) for file, told in rows for name in re.findall(r"`(\w+)`", told)]
    assert len(rows) == 8 and named
    texts = {file: (ROOT / file).read_text() for file, _ in named}
    lost = [(f, name) for f, name in named if not re.search(rf"\b{name}\b", texts[f], re.I)]
    assert lost == []
