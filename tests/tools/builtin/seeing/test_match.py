"""The match tool tells the calibrated score, and where it means nothing."""

from __future__ import annotations

import pytest

from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.guard import GuardVerdict
from maquette.model_servers.schemas.reward import PerspectiveScore, ScoreReply
from maquette.tools.builtin.seeing.match import match
from maquette.tools.call import run_tool
from maquette.tools.contract import ToolContext

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\x02\0\0\0\x90wS\xde"


@pytest.mark.parametrize(
    ("score", "outside", "said"),
    [
        (0.9, "", "probably fits them"),
        (0.2, "", "does not fit"),
        (0.9, "a photo", "not sure: a ph"),
    ],
)
async def test_the_sentence_says_what_the_number_means(
    ctx: ToolContext, store: MemoryArtifactStore, score: float, outside: str, said: str
) -> None:
    """Above the middle it fits; outside the model's world nothing is claimed."""
    verdict = GuardVerdict(in_world=not outside, reason=outside)
    table = {"alignment": PerspectiveScore(score=score, raw=(0.0,))}
    ctx.models = ScriptedModelClient(
        {
            ("reward", "score"): lambda request: ScoreReply(
                scores=(table,), verdicts=(verdict,), digest="d", forward_s=0.2
            )
        }
    )
    ref = await store.put(PNG, owner="local")
    image = ref.model_copy(update={"media_type": "image/png"}).model_dump(mode="json")
    told = await run_tool(match, {"image": image, "words": "a red boat"}, ctx)
    assert told["score"] == score and said in told["text"] and told["warning"] == outside
    assert bool(ctx.warnings) is bool(outside)
