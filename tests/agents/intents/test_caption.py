"""Words over an attached picture: on the sheet, apart, readable, and only those that were told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from maquette.agents.intents.caption import Caption
from maquette.agents.planning.embedded import EmbeddedPlanner
from maquette.contracts.intent import Example, IntentContract
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.artifact import ArtifactRef
from maquette.records.plan import Loop
from maquette.records.task import TaskRequest
from maquette.tools.registry import Registry


class TestCaption(IntentContract):
    @pytest.fixture
    def intent(self) -> Caption:
        return Caption()

    @pytest.fixture
    def planned(self) -> Sequence[Example]:
        return [
            ('put "HELLO" on this picture', 1),
        ]

    @pytest.fixture
    def refused(self) -> Sequence[Example]:
        return [
            ('put "HELLO" on this picture', 0),
            ("add a caption to this picture", 1),
        ]


async def _sheet(
    models: ScriptedModelClient,
    registry: Registry,
    text: str,
    width_px: int | None = 900,
    height_px: int | None = 600,
) -> dict[str, Any]:
    picture = ArtifactRef(
        sha256="a" * 64,
        media_type="image/png",
        size_bytes=9,
        width_px=width_px,
        height_px=height_px,
    )
    (loop,) = (
        await EmbeddedPlanner(models, registry).plan(TaskRequest(text=text, inputs=(picture,)))
    ).nodes
    assert isinstance(loop, Loop)
    return loop.body[0].arguments


def _light(code: str) -> float:
    """Relative luminance, by the definition in WCAG 2."""
    channels = [int(code[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("count", [1, 2, 3, 6])
async def test_strings_stand_apart_on_the_sheet_in_their_order(
    blind_models: ScriptedModelClient, registry: Registry, count: int
) -> None:
    """Each below the one before, none over another or the edge, in letters of 4.5 : 1 or more."""
    words = " and ".join(f'"WORD {k}"' for k in range(count))
    blocks = (await _sheet(blind_models, registry, f"put {words} on this picture"))["blocks"]
    assert [block["text"] for block in blocks] == [f"WORD {k}" for k in range(count)]
    edges = [edge for block in blocks for edge in (block["box"]["y0"], block["box"]["y1"])]
    assert edges == sorted(edges) and edges[0] >= 0 and edges[-1] <= 1
    for block in blocks:
        dark, light = sorted((_light(block["colour"]), _light(block["panel"])))
        assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize(
    ("text", "upper"),
    [
        ('put "SALE" on this picture', False),
        ('put "SALE" at the top of this picture', True),
        ('add the title "SALE" to this photo', True),
    ],
)
async def test_words_stand_below_unless_the_top_is_named(
    blind_models: ScriptedModelClient, registry: Registry, text: str, upper: bool
) -> None:
    """The half of the sheet is the one that was asked for, the lower one if none was."""
    (block,) = (await _sheet(blind_models, registry, text))["blocks"]
    middle = (block["box"]["y0"] + block["box"]["y1"]) / 2
    assert (middle < 0.5) is upper


@pytest.mark.parametrize(
    ("size", "sheet"),
    [
        ((900, 600), (900, 600)),
        ((8192, 4096), (2048, 1024)),
        ((96, 48), (384, 192)),
        ((None, None), (768, 768)),
    ],
)
async def test_the_sheet_has_the_shape_of_the_picture(
    blind_models: ScriptedModelClient,
    registry: Registry,
    size: tuple[int | None, int | None],
    sheet: tuple[int, int],
) -> None:
    """Its longer side lies between 384 and 2048 px; a picture of unknown size gets a square."""
    arguments = await _sheet(blind_models, registry, 'put "HI" on this picture', *size)
    assert (arguments["width_px"], arguments["height_px"]) == sheet
