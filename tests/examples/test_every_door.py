"""A package of somebody else, installed from its wheel, adds one of everything."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from places import ROOT

from maquette.infra.plugins import DOORS

pytestmark = pytest.mark.slow

EXAMPLE = ROOT / "examples" / "every_door"

FOUND = """
import asyncio
from maquette.agents.intents.table import all_intents, opened as intents
from maquette.agents.judging.judges.table import make_judges, opened as judges
from maquette.agents.judging.repairs.table import all_repairs, opened as repairs
from maquette.agents.planning.embedded import EmbeddedPlanner
from maquette.infra.settings.load import load_settings
from maquette.infra.settings.schema import CriticSettings
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.generation import Row
from maquette.model_servers.schemas.options.table import opened as options, row_options
from maquette.model_servers.segmentation.backends.table import BACKENDS
from maquette.model_servers.serving.host import build_host
from maquette.model_servers.embedding.encoder import model_folder
from maquette.model_servers.reading.reader import Reader
from maquette.records.artifact import ArtifactRef
from maquette.records.task import TaskRequest
from maquette.tools.art.packs.table import card_of, opened as packs
from maquette.tools.registry import load_registry
from maquette.workflows.loops.table import OPENED, find_strategy

problems = [p for one in (intents, judges, repairs, options, packs) for p in one().problems]
assert not problems + OPENED.problems, problems
registry = load_registry()
assert "reflect" in registry and not registry.problems
assert card_of("mirrors:hand").name == "hand mirror"
assert find_strategy("once").name == "once"
assert [judge.name for judge in make_judges(CriticSettings())][-1] == "monochrome"
assert list(all_repairs())[-1] == "monochrome"
assert row_options()["grain"].needs(0.5) == ("grain",)
row = {"row_id": "r", "prompt": "x", "seed": 1, "width_px": 64, "height_px": 64, "steps": 4}
assert Row(**row, options={"grain": 0.5})
assert BACKENDS.named("bright").make.__name__ == "BrightParts"

settings = load_settings("test", overrides={"models": {"echo": {"model": "bundled"}}})
host = build_host(settings, MemoryArtifactStore(), RoleName("echo"))
answer = asyncio.run(host.answer("echo", "say", b'{"text": "hello"}'))
assert answer.ok and b"hello" in answer.body, answer

size = {"size_bytes": 9, "width_px": 8, "height_px": 8}
picture = ArtifactRef(sha256="a" * 64, media_type="image/png", **size)
request = TaskRequest(text="please flip this photo", inputs=(picture,))
reader = Reader(model_folder())
read = {("embedding", "read_request"): lambda asked: reader.read(asked.text, asked.attached)}
plan = asyncio.run(EmbeddedPlanner(ScriptedModelClient(read), registry).plan(request))
assert [node.tool for node in plan.nodes] == ["reflect"], plan
print("found")
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which the package's wheel is installed."""
    folder = tmp_path_factory.mktemp("every_door")
    shutil.copytree(EXAMPLE, folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    wheels, site = folder / "wheels", folder / "site"
    subprocess.run([*pip, "wheel", "--no-deps", "-w", wheels, folder / "source"], check=True)
    wheel = next(wheels.glob("*.whl"))
    subprocess.run([*pip, "install", "--no-deps", "--target", site, wheel], check=True)
    return {**os.environ, "PYTHONPATH": str(site)}


def test_everything_it_brings_is_found_and_works(installed: dict[str, str]) -> None:
    """Its tool, intent, role, backend, option, judge, repair, strategy and art pack stand beside
    ours; its role answers, and a request in its intent's words is planned by its tool."""
    done = subprocess.run(
        [sys.executable, "-c", FOUND], env=installed, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-3000:]


def test_its_command_runs(installed: dict[str, str], tmp_path: Path) -> None:
    """`maquette mirror` is listed, and mirrors a file."""
    source, mirrored = tmp_path / "in.png", tmp_path / "out.png"
    picture = Image.new("RGB", (2, 1), "white")
    picture.putpixel((0, 0), (255, 0, 0))
    picture.save(source)
    maquette = [sys.executable, "-m", "maquette.api.cli.main"]
    helped = subprocess.run([*maquette, "--help"], env=installed, capture_output=True, text=True)
    assert "Mirror a picture file." in helped.stdout
    command = [*maquette, "mirror", str(source), "--to", str(mirrored)]
    subprocess.run(command, env=installed, check=True, timeout=60, stdout=subprocess.DEVNULL)
    assert Image.open(mirrored).getpixel((1, 0)) == (255, 0, 0)


def test_its_own_tests_inherit_our_suites(installed: dict[str, str], tmp_path: Path) -> None:
    """A package proves its things by `maquette.contracts`, outside of any checkout."""
    shutil.copytree(EXAMPLE / "tests", tmp_path / "tests")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "-p", "no:cacheprovider"),
            *("-o", "asyncio_mode=auto", str(tmp_path / "tests")),
        ],
        cwd=tmp_path,
        env=installed,
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_every_door_is_opened_by_the_example() -> None:
    """A door that is added to the page needs its example here."""
    text = (EXAMPLE / "pyproject.toml").read_text()
    assert [door.group for door in DOORS if f'"{door.group}"' not in text] == []
