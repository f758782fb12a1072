"""What a card says changes no call of another tool: cards are data."""

from __future__ import annotations

import pytest
from plugged_tools import OnePicture, described, plugged_registry
from poisons import POISONS

from maquette.agents.tool_planning.by_cards import weigh_by_cards
from maquette.tools.contract import Image, ToolContext
from maquette.tools.spec import ToolSpec

STUFFED = "ribbon colour red picture border collage join translate german words qr code text " * 8
REQUESTS = [
    ("put a red ribbon around this picture", 1),
    ("make this picture sepia", 1),
    ("translate the words in this picture into German", 1),
    ("make a collage of these two images and put a red ribbon around it", 2),
    ("make a QR code for https://example.com", 0),
    ("a red circle above a blue square", 0),
]


def poisoned(description: str) -> ToolSpec:
    @described("helper", description)
    async def helper(ctx: ToolContext, *, image: Image) -> OnePicture: ...

    return helper


@pytest.mark.parametrize("description", POISONS["cards"])
async def test_a_poisoned_card_changes_no_other_call(description: str) -> None:
    clean, dirty = plugged_registry(), plugged_registry()
    dirty.add(poisoned(description), origin="plug-in poisoned")
    for text, attached in REQUESTS:
        before = await weigh_by_cards(text, attached, clean)
        after = await weigh_by_cards(text, attached, dirty)
        assert after.plan == before.plan, text


async def test_a_card_stuffed_with_words_may_spoil_a_plan_but_brings_in_no_other_tool() -> None:
    clean, dirty = plugged_registry(), plugged_registry()
    dirty.add(poisoned(STUFFED), origin="plug-in poisoned")
    for text, attached in REQUESTS:
        before = await weigh_by_cards(text, attached, clean)
        after = await weigh_by_cards(text, attached, dirty)
        assert set(after.tools) - {"helper"} <= set(before.tools), text
