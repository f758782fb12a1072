"""Generation options: one file each, from the draw call to the adapter and the lineage."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import generation_models
import pytest
from generation_bench import OWNER, Bench
from pydantic import ValidationError

from maquette.infra import plugins
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.generation.adapters.contract import RowSpec
from maquette.model_servers.generation.adapters.stable_diffusion import StableDiffusionAdapter
from maquette.model_servers.schemas.generation import Row
from maquette.model_servers.schemas.options.glyphs import GlyphItem
from maquette.model_servers.schemas.options.table import meanings, needed, opened, row_options
from maquette.model_servers.serving.direct import DirectClient
from maquette.model_servers.serving.host import RoleHost
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import CapabilityMissing, InvalidInput
from maquette.records.geometry import Box
from maquette.tools.builtin.making.draw import draw
from maquette.tools.call import run_tool
from maquette.tools.contract import ToolContext

GRAIN = """
from typing import Annotated
from pydantic import Field
from maquette.model_servers.schemas.options.option import RowOption

class Grain(RowOption[float]):
    name = "grain"
    kind = Annotated[float, Field(ge=0, le=1)]
    default = 0.0
    abilities = {"grain": "draw film grain"}

OPTION = Grain()
"""
PICTURE = ArtifactRef(sha256="a" * 64, media_type="image/png", size_bytes=9)


class Quiet:
    async def progress(self, *report: object) -> None: ...

    async def checkpoint(self, state: dict[str, Any]) -> None: ...


@pytest.fixture
def grain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installed package with one option: a single file."""
    (tmp_path / "grain_option.py").write_text(GRAIN)
    monkeypatch.syspath_prepend(tmp_path)
    found = [
        EntryPoint("broken", "no_such_module:OPTION", plugins.ROW_OPTIONS.group),
        EntryPoint("grain", "grain_option:OPTION", plugins.ROW_OPTIONS.group),
    ]
    monkeypatch.setattr(plugins, "entry_points", lambda group: found)
    row_options.cache_clear()
    opened.cache_clear()
    yield
    row_options.cache_clear()
    opened.cache_clear()
    sys.modules.pop("grain_option", None)


async def _drawn(model: Path, **arguments: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A draw call against a served model: its output, and the lineage of its picture."""
    store = MemoryArtifactStore()
    bench = Bench(model, store=store)
    models = DirectClient(RoleHost({RoleName.GENERATION: lambda: bench.role}))
    ctx = ToolContext(owner=OWNER, seed=7, store=store, models=models, reporter=Quiet())
    size = {"width_px": 32, "height_px": 32, "steps": 2}
    try:
        out = await run_tool(draw, {"prompt": "a red circle", **size, **arguments}, ctx)
    finally:
        await models.close()
    lineage = await store.lineage(out["image"]["sha256"], owner=OWNER)
    assert lineage is not None
    return out, lineage.parameters


def test_what_a_row_takes_is_what_its_fields_ask_for() -> None:
    """Each field that asks for something names its ability; the others name none."""

    def of(**fields: Any) -> tuple[str, ...]:
        return needed(Row(row_id="a", prompt="x", seed=1, **fields))

    box = Box(x0=0.1, y0=0.1, x1=0.5, y1=0.5)
    assert of() == of(plan_layout=False, concept_strength=0.5, source_guidance=1.0) == ()
    assert of(source=PICTURE) == ("edit",)
    assert of(source=PICTURE, mask=PICTURE) == ("inpaint",)
    assert of(concepts=(PICTURE,)) == ("concepts",)
    assert of(glyphs=(GlyphItem(text="HI", box=box),)) == ("glyphs",)
    assert of(few_step=True, source_guidance=2.0) == ("few_step", "source_guidance")
    assert of(sampler="heun") == ("sampler:heun",)
    assert set(meanings()) >= {"edit", "inpaint", "concepts", "glyphs", "sampler:stochastic"}


def test_the_lineage_of_every_option_is_told_as_it_always_was() -> None:
    """Values in, the parameters that a stored lineage has for them out."""
    box = Box(x0=0.1, y0=0.1, x1=0.5, y1=0.5)
    letters = GlyphItem(text="HI", box=box)
    fields: dict[str, Any] = {
        "concepts": (PICTURE,),
        "concept_strength": 0.5,
        "glyphs": (letters,),
        "few_step": True,
        "source": PICTURE,
        "source_guidance": 2.5,
        "sampler": "euler",
    }
    row = Row(row_id="a", prompt="x", seed=1, **fields)
    told: dict[str, Any] = {}
    for option in row_options().values():
        told |= option.lineage(option.value(row))
    assert told == {
        "concepts": True,
        "concept_strength": 0.5,
        "glyphs": [["HI", box.model_dump(mode="json"), "sans-bold"]],
        "few_step": True,
        "edit": True,
        "source_guidance": 2.5,
        "sampler:euler": True,
    }


def test_a_row_without_further_options_is_written_as_before() -> None:
    """Neither the row on the wire nor the draw call that content keys are made of names them."""
    row = Row(row_id="a", prompt="x", seed=1)
    assert "options" not in json.loads(row.model_dump_json())
    for arguments in ({"prompt": "x"}, {"prompt": "x", "options": {}}):
        told = draw.arguments.model_validate(arguments).model_dump(mode="json")
        assert "options" not in told and told["few_step"] is False


async def test_a_new_option_travels_from_the_call_to_adapter_and_lineage(
    grain: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One file gives the draw call an option: its value reaches an adapter that honours it, and
    the picture's lineage; the model that lacks it refuses it by name, in the option's words."""
    model = generation_models.save_stable_diffusion(tmp_path / "sd")
    with pytest.raises(CapabilityMissing, match="cannot draw film grain"):
        await _drawn(model, options={"grain": 0.5})
    async with Bench(model) as bench:
        with pytest.raises(CapabilityMissing, match="needs grain, which the model"):
            await bench.start(bench.row(options={"grain": 0.5}))
    seen: list[float] = []
    able = StableDiffusionAdapter._capabilities
    encode = StableDiffusionAdapter.encode

    def watched(self: StableDiffusionAdapter, spec: RowSpec) -> Any:
        seen.append(spec.value(row_options()["grain"]))
        return encode(self, spec)

    monkeypatch.setattr(StableDiffusionAdapter, "_capabilities", lambda s: able(s) | {"grain"})
    monkeypatch.setattr(StableDiffusionAdapter, "encode", watched)
    _, parameters = await _drawn(model, options={"grain": 0.5})
    assert seen == [0.5] and parameters["grain"] == 0.5
    _, parameters = await _drawn(model, options={"grain": 0.0})
    assert seen == [0.5, 0.0] and "grain" not in parameters


async def test_options_are_checked_by_name_and_kind(grain: None, tmp_path: Path) -> None:
    """An unknown name lists the known ones, a wrong value names the option; the planner's schema
    has a property for each, and an option that asks for nothing is left out of the call."""
    with pytest.raises(ValidationError, match="no option 'grian'; known: grain"):
        Row(row_id="a", prompt="x", seed=1, options={"grian": 0.5})
    with pytest.raises(ValidationError, match="option 'grain' is 3"):
        Row(row_id="a", prompt="x", seed=1, options={"grain": 3})
    ctx = ToolContext(
        owner=OWNER,
        seed=7,
        store=MemoryArtifactStore(),
        models=ScriptedModelClient({}),
        reporter=Quiet(),
    )
    with pytest.raises(InvalidInput, match="no option 'few_step'"):
        await run_tool(draw, {"prompt": "x", "options": {"few_step": True}}, ctx)
    schema = draw.arguments.model_json_schema()["properties"]["options"]["anyOf"][0]
    assert schema["properties"]["grain"] == {"maximum": 1, "minimum": 0, "type": "number"}
    plain = draw.arguments.model_validate({"prompt": "x", "options": {"grain": 0}})
    assert "options" not in plain.model_dump(mode="json")


def test_a_broken_package_takes_no_option_along(
    grain: None, caplog: pytest.LogCaptureFixture
) -> None:
    """What cannot be imported is logged by name; the others are there."""
    assert "grain" in row_options() and "sampler" in row_options()
    assert "broken (no_such_module:OPTION) is left out" in caplog.text
