"""The example in `examples/tool_plugin` works as its README says."""

from __future__ import annotations

import importlib
import io
import tomllib
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest
from PIL import Image
from places import ROOT

from maquette.infra.media.admit import encode_png
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.errors import InvalidInput
from maquette.tools.call import run_tool
from maquette.tools.contract import ToolContext
from maquette.tools.registry import load_registry

EXAMPLE = ROOT / "examples" / "tool_plugin"


class Quiet:
    """A reporter that nobody listens to."""

    async def progress(self, fraction: float, message: str, preview: object = None) -> None: ...

    async def checkpoint(self, state: dict[str, object]) -> None: ...


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The example's module, importable as once installed."""
    monkeypatch.syspath_prepend(EXAMPLE)
    return importlib.import_module("maquette_tool_frame")


async def test_the_example_frames_a_picture(plugin: ModuleType) -> None:
    """Its entry point registers a tool that runs under the same checks as a built-in one."""
    points = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]["entry-points"]
    entries = [
        EntryPoint(name, value, "maquette.tools")
        for name, value in points["maquette.tools"].items()
    ]
    registry = load_registry(entries=entries)
    assert not registry.problems
    store = MemoryArtifactStore()
    picture = await store.put(encode_png(Image.new("RGB", (40, 30), "white")), owner="local")
    context = ToolContext(
        owner="local", seed=0, store=store, models=ScriptedModelClient({}), reporter=Quiet()
    )
    arguments = {"image": picture.model_dump(mode="json"), "width_px": 10}
    done = await run_tool(registry.get("mount"), arguments, context)
    framed = Image.open(io.BytesIO(await store.get(done["image"]["sha256"], owner="local")))
    assert framed.size == (60, 50)
    assert framed.getpixel((0, 0)) == (0x1A, 0x1A, 0x1A)
    assert framed.getpixel((30, 25)) == (255, 255, 255)
    with pytest.raises(InvalidInput, match="width_px"):
        await run_tool(registry.get("mount"), {**arguments, "width_px": 0}, context)
