"""Attached pictures are described, or each is asked the question."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from maquette.agents.intents.describe import MAX_QUESTION_CHARACTERS, Describe
from maquette.agents.planning.embedded import EmbeddedPlanner
from maquette.contracts.intent import Example, IntentContract
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import FixInput, InvalidInput
from maquette.records.plan import Call, Plan
from maquette.records.task import TaskRequest
from maquette.tools.registry import Registry

PICTURE = ArtifactRef(
    sha256="0" * 64, media_type="image/png", size_bytes=9, width_px=64, height_px=64
)


class TestDescribe(IntentContract):
    @pytest.fixture
    def intent(self) -> Describe:
        return Describe()

    @pytest.fixture
    def planned(self) -> Sequence[Example]:
        return [
            ("describe it", 1),
            ("how many stars are there", 2),
        ]

    @pytest.fixture
    def refused(self) -> Sequence[Example]:
        return [
            ("describe it", 0),
            ("which of these is better", 2),
        ]


async def _plan(
    models: ScriptedModelClient, registry: Registry, text: str, attached: int = 1
) -> Plan:
    request = TaskRequest(text=text, inputs=(PICTURE,) * attached)
    return await EmbeddedPlanner(models, registry).plan(request)


@pytest.mark.parametrize(
    ("text", "tool", "told"),
    [
        ("describe this picture", "describe", {"style": "short"}),
        ("describe it in detail", "describe", {"style": "long"}),
        ("what can you see?", "describe", {"style": "short"}),
        ("how many  stars\nare there?", "answer", {"question": "how many stars are there?"}),
        ("is the house red", "answer", {"question": "is the house red"}),
    ],
)
async def test_a_question_is_asked_and_a_wish_described(
    blind_models: ScriptedModelClient,
    registry: Registry,
    text: str,
    tool: str,
    told: dict[str, str],
) -> None:
    """The question goes to the model in the person's own words; how much to say is read."""
    (call,) = (await _plan(blind_models, registry, text)).nodes
    assert isinstance(call, Call) and call.tool == tool
    assert call.arguments == {"image": {"$ref": "inputs.0"}, **told}


async def test_each_picture_is_asked_and_answers_by_itself(
    blind_models: ScriptedModelClient, registry: Registry
) -> None:
    """One call a picture, in order, and one output each."""
    plan = await _plan(blind_models, registry, "how many stars are there?", 3)
    images = [call.arguments["image"]["$ref"] for call in plan.nodes if isinstance(call, Call)]
    assert images == ["inputs.0", "inputs.1", "inputs.2"]
    assert plan.outputs == tuple(f"{node.id}.text" for node in plan.nodes)


async def test_the_longest_question_is_asked_and_a_longer_one_refused(
    blind_models: ScriptedModelClient, registry: Registry
) -> None:
    """The limit itself is allowed, and the message tells the length that was met."""
    text = "is there a star " + "x" * (MAX_QUESTION_CHARACTERS - 16)
    assert len(text) == MAX_QUESTION_CHARACTERS
    assert (await _plan(blind_models, registry, text)).nodes
    with pytest.raises(InvalidInput, match=str(MAX_QUESTION_CHARACTERS + 1)):
        await _plan(blind_models, registry, text + "x")


async def test_without_a_picture_it_is_refused(
    blind_models: ScriptedModelClient, registry: Registry
) -> None:
    """There is nothing to look at, and the answer says what can be done."""
    with pytest.raises(FixInput, match="no picture is attached") as caught:
        await _plan(blind_models, registry, "describe this picture", 0)
    assert caught.value.hint.startswith("It can ")
