"""An endpoint that misbehaves: each way ends in a valid plan or a clear error, never in a crash."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from chat_endpoint import SECRET, ChatEndpoint
from misbehaviours import FALLS, MENDS, READS
from written_plans import REQUEST

from maquette.agents.planning.embedded import EmbeddedPlanner
from maquette.agents.planning.language_model import LanguagePlanner
from maquette.agents.validation.validator import validate
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.errors import ConfigError, MaquetteError, ModelUnavailable, PlanRejected
from maquette.records.plan import Plan
from maquette.tools.registry import Registry

pytestmark = pytest.mark.slow
TIMEOUT_S = 1.5


@pytest.fixture
def endpoint() -> Iterator[ChatEndpoint]:
    found = ChatEndpoint()
    yield found
    found.close()


async def _plan(
    endpoint: ChatEndpoint, registry: Registry, models: ScriptedModelClient | None = None
) -> Plan:
    settings = endpoint.settings.model_copy(update={"timeout_s": TIMEOUT_S})
    fallback = EmbeddedPlanner(models, registry) if models else None
    planner = LanguagePlanner.of(settings, registry, fallback=fallback)
    try:
        return await planner.plan(REQUEST)
    finally:
        await planner.close()


def _sound(plan: Plan, registry: Registry) -> bool:
    return (
        validate(plan, registry, inputs=0) == []
        and Plan.model_validate_json(plan.model_dump_json()) == plan
    )


def test_there_are_enough() -> None:
    """At least thirty ways that are no right answer."""
    assert len(MENDS) + len(FALLS) >= 30


@pytest.mark.parametrize("way", MENDS)
async def test_what_is_wrong_is_mended_once(
    endpoint: ChatEndpoint, registry: Registry, way: str
) -> None:
    """The model is told what is wrong, by rule, and its second answer is the plan."""
    endpoint.answers = list(MENDS[way])
    plan = await _plan(endpoint, registry)
    assert _sound(plan, registry) and plan.planner == "planner-8b"
    assert [call.tool for call in plan.nodes[0].body] == ["draw", "typeset"]
    *_, before, repair = endpoint.requests[-1]["messages"]
    assert len(endpoint.requests) == 2 and before["role"] == "assistant"
    assert repair["content"].startswith("That plan is refused:\n- [")


@pytest.mark.parametrize("way", READS)
async def test_what_is_odd_and_plain_is_read(
    endpoint: ChatEndpoint, registry: Registry, way: str
) -> None:
    """No repair is spent on it: the messages are those of the first time."""
    endpoint.answers = list(READS[way])
    plan = await _plan(endpoint, registry)
    assert _sound(plan, registry) and plan.planner == "planner-8b"
    assert all(len(sent["messages"]) == 2 for sent in endpoint.requests)
    assert not endpoint.answers


@pytest.mark.parametrize("way", FALLS)
async def test_what_nothing_can_be_made_of_is_left_to_the_embedded_planner(
    endpoint: ChatEndpoint,
    registry: Registry,
    models: ScriptedModelClient,
    way: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its plan is valid; notes and log say who planned and why, and never the key."""
    endpoint.answers = list(FALLS[way])
    endpoint.always = FALLS[way][-1]
    plan = await _plan(endpoint, registry, models)
    assert _sound(plan, registry) and plan.planner == "embedded"
    assert any("the embedded planner made this plan" in note for note in plan.notes)
    assert any("the embedded planner plans" in line for line in caplog.messages)
    told = " ".join([*plan.notes, *caplog.messages])
    assert SECRET not in told and "\n" not in plan.notes[-1]


@pytest.mark.parametrize("way", FALLS)
async def test_with_nobody_else_to_ask_the_error_is_clear(
    endpoint: ChatEndpoint, registry: Registry, way: str
) -> None:
    """It says what to check, and whether to wait, to mend a setting or to ask otherwise."""
    endpoint.answers = list(FALLS[way])
    endpoint.always = FALLS[way][-1]
    with pytest.raises(MaquetteError) as caught:
        await _plan(endpoint, registry)
    assert isinstance(caught.value, ModelUnavailable | ConfigError | PlanRejected)
    assert len(caught.value.message.split()) >= 4 and SECRET not in str(caught.value)
    if not isinstance(caught.value, PlanRejected):
        assert "planner." in caught.value.hint
