"""A change by a mask is as sure as its mask: doubted ends are unverified, none is half made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from workflow_parts import make_engine

from maquette.agents.plans.areas import masked_plan
from maquette.agents.reading.changes import Change, ChangeKind
from maquette.infra.media.admit import encode_png
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.guard import GuardVerdict
from maquette.model_servers.schemas.segmentation import (
    FoundMask,
    SegmentPhraseRequest,
    SegmentReply,
)
from maquette.records.geometry import Box
from maquette.records.plan import Plan
from maquette.records.task import TaskRequest, TaskStatus
from maquette.tools.builtin.areas.find_area import find_area
from maquette.tools.builtin.areas.recolour import recolour_area
from maquette.tools.builtin.areas.remove import remove_area
from maquette.tools.registry import Registry
from maquette.words.lexicon import Lexicon

pytestmark = pytest.mark.slow
OWNER = "local"
WHOLE = Box(x0=0, y0=0, x1=1, y1=1)
CHANGES = (
    Change(ChangeKind.RECOLOUR, target="door", new="red"),
    Change(ChangeKind.REMOVE, target="man"),
)
ENDS = [
    (0.9, None, "", TaskStatus.COMPLETED, ""),
    (0.6, None, "", TaskStatus.UNVERIFIED, "gives this mask a probability of 0.60"),
    (0.9, False, "", TaskStatus.UNVERIFIED, "outside the bundled models' world"),
    (0.9, None, "man", TaskStatus.FAILED, "no 'man' was found in the picture"),
]


def plan(request: TaskRequest) -> Plan:
    return masked_plan(request, CHANGES, (True, True), Lexicon(), judged=False, finds=False)


@pytest.mark.parametrize(("score", "in_world", "absent", "status", "said"), ENDS)
async def test_the_end_says_what_the_segmenter_was_not_sure_of(
    run_with, score: float, in_world: bool | None, absent: str, status: TaskStatus, said: str
) -> None:
    """Two changes in a chain: both surely found they are completed; a low score or a strange
    picture leaves them unverified, with the reason; what is not there fails the whole."""
    store = MemoryArtifactStore()
    mask = np.zeros((40, 60), np.uint8)
    mask[10:30, 20:30] = 255
    found = await store.put(encode_png(Image.fromarray(mask)), owner=OWNER)
    picture = await store.put(encode_png(Image.new("RGB", (60, 40), "#4080a0")), owner=OWNER)

    def segment(request: SegmentPhraseRequest) -> SegmentReply:
        (phrase,) = request.phrases
        one = FoundMask(
            mask=found,
            prompt=phrase,
            box=None if phrase == absent else WHOLE,
            area=0.1,
            score=score,
            coarse_text="",
            text=None,
            coco=None,
        )
        strange = "the picture is outside the bundled models' world"
        verdict = GuardVerdict(in_world=in_world, reason=strange)
        return SegmentReply(masks=(one,), verdict=verdict, digest="d", forward_s=0.1)

    engine = replace(
        make_engine(store=store, plan=plan),
        tools=Registry([find_area, recolour_area, remove_area], origin="tests"),
        models=ScriptedModelClient({("segmentation", "segment_phrase"): segment}),
    )
    async with run_with(engine) as running:
        request = TaskRequest(text="make the door red, remove the man", inputs=(picture,))
        task = await running.gateway.submit(request, owner=OWNER)
        task = await running.gateway.get(task.id, owner=OWNER, wait_s=60)
    assert task.status is status
    if status is TaskStatus.FAILED:
        assert task.problem is not None and said in task.problem.detail and task.result is None
    else:
        assert task.result is not None and said in task.result.reason
        assert len(task.result.artifacts) == 1
