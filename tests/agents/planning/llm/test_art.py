"""Things of art packs in a language model's plan are found by their phrases."""

from __future__ import annotations

import pytest

from maquette.agents.planning.llm.art import NO_SUCH_THING, with_art
from maquette.agents.plans.composed.gallery import Gallery
from maquette.agents.validation.validator import validate
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.errors import PlanRejected
from maquette.records.plan import Call, Plan
from maquette.tools.registry import Registry


def _plan(*phrases: str) -> Plan:
    things = [{"phrase": phrase, "thing": phrase, "count": 2} for phrase in phrases]
    brief = {"design": "card", "panels": [{"things": things}], "packs": {}, "credits": {}}
    call = Call(id="card", tool="compose", arguments={"brief": brief})
    return Plan(nodes=(call,), outputs=("card.image",))


async def test_phrases_become_things(models: ScriptedModelClient, registry: Registry) -> None:
    """With their ids, how sure that is, and the packs and credits that a composer checks."""
    plan = await with_art(_plan("cat", "dog"), Gallery(models))
    brief = plan.nodes[0].arguments["brief"]  # type: ignore[union-attr]
    cat, dog = brief["panels"][0]["things"]
    assert cat["thing"].startswith("noto:") and cat["thing"] != dog["thing"]
    assert cat["probability"] > 0.9 and cat["count"] == 2 and set(brief["packs"]) == {"noto"}
    assert validate(plan, registry, inputs=0) == []
    assert await with_art(plan, Gallery(models)) == plan


async def test_what_no_pack_has_is_told(models: ScriptedModelClient) -> None:
    """By a reason of its own, for the model to mend."""
    with pytest.raises(PlanRejected, match="zzyzxq") as caught:
        await with_art(_plan("cat", "zzyzxq"), Gallery(models))
    assert [code for code, _ in caught.value.reasons] == [NO_SUCH_THING]
