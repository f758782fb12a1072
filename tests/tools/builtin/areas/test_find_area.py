"""One thing of several is picked as the words say, and what is not sure is told."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from maquette.agents.judging.doubt import belief_in
from maquette.infra.media.admit import encode_png
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.guard import GuardVerdict
from maquette.model_servers.schemas.segmentation import FoundMask, SegmentReply
from maquette.records.errors import CapabilityMissing, InvalidInput
from maquette.records.geometry import Box
from maquette.tools.builtin.areas.find_area import find_area, noun_of
from maquette.tools.call import run_tool
from maquette.tools.contract import ToolContext

BOXES = ((2, 10, 12, 20), (30, 30, 44, 44), (60, 5, 78, 23), (88, 40, 97, 49))
"""Things by left, top, right and bottom: the third is the largest, the last the smallest."""
PLAIN = np.zeros((60, 100), np.uint8)


def masked(*boxes: tuple[int, int, int, int]) -> np.ndarray:
    mask = PLAIN.copy()
    for x0, y0, x1, y1 in boxes:
        mask[y0:y1, x0:x1] = 255
    return mask


@pytest.fixture
def find(ctx: ToolContext, store: MemoryArtifactStore) -> Any:
    """Ask for a phrase where the segmenter finds these boxes, and says so much of them."""

    async def run(
        boxes: tuple[tuple[int, int, int, int], ...],
        phrase: str = "door",
        unknown: tuple[str, ...] = (),
        score: float = 0.9,
        in_world: bool | None = None,
        **told: Any,
    ) -> tuple[dict[str, Any], np.ndarray]:
        mask = await store.put(encode_png(Image.fromarray(masked(*boxes))), owner="local")
        one = FoundMask(
            mask=mask,
            prompt=phrase,
            box=Box(x0=0, y0=0, x1=1, y1=1) if boxes else None,
            area=0.1,
            score=score,
            unknown_words=unknown,
            coarse_text="",
            text=None,
            coco=None,
        )
        verdict = GuardVerdict(in_world=in_world, reason="strange")
        reply = SegmentReply(masks=(one,), verdict=verdict, digest="d", forward_s=0.1)
        ctx.models = ScriptedModelClient({("segmentation", "segment_phrase"): lambda _: reply})
        image = await store.put(encode_png(Image.fromarray(PLAIN).convert("RGB")), owner="local")
        arguments = {"image": image.model_dump(mode="json"), "phrase": phrase, **told}
        out = await run_tool(find_area, arguments, ctx)
        made = await store.get(out["mask"]["sha256"], owner="local")
        return out, np.asarray(Image.open(io.BytesIO(made)).convert("L"))

    return run


PICKS: list[tuple[dict[str, Any], tuple[int, ...]]] = [
    ({}, (2,)),
    ({"pick": "every"}, (0, 1, 2, 3)),
    ({"pick": "left"}, (0,)),
    ({"pick": "right"}, (3,)),
    ({"pick": "top"}, (2,)),
    ({"pick": "bottom"}, (3,)),
    ({"pick": "middle"}, (1,)),
    ({"pick": "smallest"}, (3,)),
    ({"number": 2}, (1,)),
    ({"number": -1}, (3,)),
    ({"pick": "left", "count": 2}, (0, 1)),
    ({"pick": "right", "count": 0}, (2, 3)),
]


@pytest.mark.parametrize(("told", "chosen"), PICKS, ids=[str(told) for told, _ in PICKS])
async def test_what_is_meant_is_picked(
    find: Any, told: dict[str, Any], chosen: tuple[int, ...]
) -> None:
    """By side, size or number from the left; the mask is that of these things alone."""
    out, mask = await find(BOXES, **told)
    assert (mask == masked(*(BOXES[k] for k in chosen))).all() and out["found"] == 4


async def test_nothing_found_is_told_by_name(find: Any) -> None:
    """A thing that is not there, a third of two, and a name that the segmenter cannot know."""
    with pytest.raises(InvalidInput, match="no 'door' was found in the picture"):
        await find(())
    with pytest.raises(InvalidInput, match="number 3 from the left: there are 2"):
        await find(BOXES[:2], number=3)
    with pytest.raises(
        CapabilityMissing, match="does not know 'door', so it cannot find 'red door"
    ):
        await find(BOXES, "red door on the left", ("door",))


DOUBTS: list[tuple[dict[str, Any], str]] = [
    ({}, ""),
    ({"score": 0.79}, "gives this mask a probability of 0.79"),
    ({"in_world": True}, ""),
    ({"in_world": False}, "strange"),
    ({"unknown": ("wooden",), "phrase": "wooden door"}, "does not know 'wooden'"),
    ({"boxes": BOXES[:2]}, "2 were found for 'door' and it is not said which"),
    ({"boxes": BOXES[:2], "pick": "left"}, ""),
    ({"boxes": BOXES[:2], "pick": "every"}, ""),
    ({"boxes": BOXES[:3], "pick": "every", "count": 2}, "3 were found for 'door', not 2"),
]


@pytest.mark.parametrize(("told", "doubt"), DOUBTS, ids=[str(told) for told, _ in DOUBTS])
async def test_what_is_not_sure_is_doubted(find: Any, told: dict[str, Any], doubt: str) -> None:
    """A low score, a strange picture, a word unknown, several where one was meant: all told."""
    out, _ = await find(told.pop("boxes", BOXES[:1]), **told)
    belief = belief_in("find_area", out)
    assert belief is not None and (doubt in belief.doubt if doubt else belief.doubt == "")


def test_the_noun_of_a_phrase_stands_before_what_places_it() -> None:
    """ "The red ball on the table" is a ball."""
    assert noun_of("red ball on the table") == "ball"
    assert noun_of("shirt of the boy") == "shirt" and noun_of("door") == "door"
