"""The language model planner against an OpenAI-shaped server on loopback that plays a script."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from chat_endpoint import SECRET, ChatEndpoint
from written_plans import PICTURE, REQUEST, answer, call

from maquette.agents.planning.embedded import EmbeddedPlanner
from maquette.agents.planning.language_model import LanguagePlanner
from maquette.agents.planning.llm.prompt import system_message
from maquette.agents.planning.llm.wire import from_wire, plan_schema
from maquette.agents.planning.make import make_planner
from maquette.agents.validation.validator import parse_plan, validate
from maquette.contracts.planner import PICTURE as ATTACHED
from maquette.contracts.planner import PlannerContract
from maquette.infra.settings.schema import PlannerSettings
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.errors import ConfigError, FixInput, ModelUnavailable, PlanRejected
from maquette.records.loop import STRATEGIES
from maquette.records.task import TaskRequest
from maquette.tools.registry import Registry


@pytest.fixture
def endpoint() -> Iterator[ChatEndpoint]:
    found = ChatEndpoint()
    yield found
    found.close()


async def _plan(
    endpoint: ChatEndpoint,
    registry: Registry,
    models: ScriptedModelClient | None = None,
    **request: Any,
) -> Any:
    fallback = EmbeddedPlanner(models, registry) if models else None
    planner = LanguagePlanner.of(endpoint.settings, registry, fallback=fallback)
    try:
        return await planner.plan(REQUEST.model_copy(update=request))
    finally:
        await planner.close()


class TestLanguagePlanner(PlannerContract):
    @pytest.fixture
    async def planner(
        self, endpoint: ChatEndpoint, registry: Registry
    ) -> AsyncIterator[LanguagePlanner]:
        endpoint.always = answer()
        planner = LanguagePlanner.of(endpoint.settings, registry)
        yield planner
        await planner.close()

    @pytest.fixture
    def asked(self) -> TaskRequest:
        return REQUEST.model_copy(update={"inputs": (ATTACHED,)})

    @pytest.fixture
    def refusing(
        self, planner: LanguagePlanner, endpoint: ChatEndpoint
    ) -> tuple[LanguagePlanner, TaskRequest]:
        endpoint.always = {**answer(), "refusal": "There is no sound here.", "nodes": []}
        return planner, TaskRequest(text="sing me a song")


async def test_a_good_answer_becomes_a_valid_plan(
    endpoint: ChatEndpoint, registry: Registry
) -> None:
    """Nulls are dropped, references are ours, and the plan names the model that made it."""
    endpoint.answers = [answer()]
    plan = await _plan(endpoint, registry)
    assert validate(plan, registry, inputs=0) == []
    assert plan.planner == "planner-8b" and plan.outputs == ("poster.image",)
    art, sheet = plan.nodes[0].body
    assert "steps" not in art.arguments
    assert sheet.arguments["art"] == {"$ref": "art.image"}
    assert len(endpoint.requests) == 1


@pytest.mark.slow
@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
async def test_the_strategy_is_the_one_that_was_written(
    endpoint: ChatEndpoint, registry: Registry, strategy: str
) -> None:
    """A model that asks for independent drafts gets them: its answer is no old plan."""
    written = answer()
    written["nodes"][0]["strategy"] = strategy
    endpoint.answers = [written]
    plan = await _plan(endpoint, registry)
    assert plan.nodes[0].strategy == strategy


async def test_the_request_has_the_shape_that_servers_accept(
    endpoint: ChatEndpoint, registry: Registry
) -> None:
    """One chat completion with a strict JSON schema, the tools, the key and the words."""
    endpoint.answers = [answer()]
    await _plan(endpoint, registry, inputs=(PICTURE,))
    (sent,) = endpoint.requests
    assert sent["path"] == "/v1/chat/completions" and sent["model"] == "planner-8b"
    assert endpoint.headers[0]["authorization"] == f"Bearer {SECRET}"
    form = sent["response_format"]
    assert form["type"] == "json_schema" and form["json_schema"]["strict"] is True
    assert form["json_schema"]["schema"] == plan_schema(registry, STRATEGIES)
    system, user = sent["messages"]
    assert system["role"] == "system"
    assert all(f'"{name}"' in system["content"] for name in registry.names())
    assert json.loads(user["content"])["request"] == REQUEST.text
    assert "900 x 600" in user["content"] and PICTURE.sha256 not in user["content"]


async def test_a_broken_answer_is_mended_once(endpoint: ChatEndpoint, registry: Registry) -> None:
    """An unknown tool comes back with its code and the nearest name; the second answer counts."""
    endpoint.answers = [answer("typset"), answer()]
    plan = await _plan(endpoint, registry)
    assert plan.planner == "planner-8b" and len(endpoint.requests) == 2
    repair = endpoint.requests[1]["messages"][-1]["content"]
    assert "[unknown_tool]" in repair and "did you mean 'typeset'?" in repair
    assert endpoint.requests[1]["messages"][-2]["role"] == "assistant"


@pytest.mark.slow
@pytest.mark.parametrize(
    "bad",
    ["{not json", "", "[]", '{"nodes": [], "outputs": []}', '{"nodes": 5}', "[" * 50_000],
)
async def test_two_bad_answers_leave_it_to_the_embedded_planner(
    endpoint: ChatEndpoint, registry: Registry, models: ScriptedModelClient, bad: str
) -> None:
    """Twice wrong, whatever way: the embedded planner plans, and a note says so."""
    endpoint.answers = [bad, answer("paint")]
    plan = await _plan(endpoint, registry, models)
    assert len(endpoint.requests) == 2 and plan.planner == "embedded"
    assert any("gave no valid plan" in note for note in plan.notes)


async def test_without_a_fallback_the_refusal_has_the_reasons(
    endpoint: ChatEndpoint, registry: Registry
) -> None:
    """Twice wrong and nobody else to ask: refused with the rules that were broken."""
    endpoint.answers = [answer("paint"), answer("paint")]
    with pytest.raises(PlanRejected) as caught:
        await _plan(endpoint, registry)
    assert [code for code, _ in caught.value.reasons] == ["unknown_tool"]


async def test_a_model_that_refuses_is_believed(endpoint: ChatEndpoint, registry: Registry) -> None:
    """A refusal in words reaches the person; it is not repaired."""
    refusal = {**answer(), "refusal": "There is no sound here.", "nodes": [], "outputs": []}
    endpoint.answers = [refusal]
    with pytest.raises(FixInput, match="There is no sound here"):
        await _plan(endpoint, registry)
    assert len(endpoint.requests) == 1


@pytest.mark.slow
async def test_an_endpoint_that_is_away_leaves_it_to_the_embedded_planner(
    endpoint: ChatEndpoint, registry: Registry, models: ScriptedModelClient
) -> None:
    """Errors of the endpoint are no reason to fail: the note says that it did not answer."""
    endpoint.answers = [500, 500, 500]
    plan = await _plan(endpoint, registry, models)
    assert plan.planner == "embedded"
    assert any("did not answer" in note for note in plan.notes)


async def test_an_endpoint_that_is_away_is_a_reason_to_wait(
    endpoint: ChatEndpoint, registry: Registry
) -> None:
    """With nobody else to ask, the error says to try again, and hides nothing but the key."""
    endpoint.answers = [400]
    with pytest.raises(ModelUnavailable) as caught:
        await _plan(endpoint, registry)
    assert SECRET not in str(caught.value)


def _objects(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for inner in schema.values():
            yield from _objects(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _objects(inner)


def _keywords(schema: Any) -> Iterator[str]:
    """The words of a schema itself, without the names that its objects give to values."""
    if isinstance(schema, dict):
        yield from schema
        for word, inner in schema.items():
            parts = inner.values() if word in ("properties", "$defs") else [inner]
            for part in parts:
                yield from _keywords(part)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _keywords(inner)


def test_the_schema_is_strict_throughout(registry: Registry) -> None:
    """Every object closes itself and requires all it names; no word that strict mode refuses."""
    schema = plan_schema(registry, STRATEGIES)
    for found in _objects(schema):
        assert found["additionalProperties"] is False
        assert found["required"] == list(found["properties"])
    refused = {"oneOf", "allOf", "default", "pattern", "maxLength", "minimum", "prefixItems"}
    assert not refused & set(_keywords(schema))
    text = json.dumps(schema)
    assert text.count('"const": "draw"') == 1


def test_every_tool_is_offered_alike(registry: Registry) -> None:
    """Changing, showing again, cutting out and finding come from the registry: each has a card
    and a schema, attached pictures are references, and such plans are valid."""
    lines = [json.loads(line) for line in system_message(registry).splitlines() if line[:1] == "{"]
    cards = [line for line in lines if "name" in line]
    assert [card["name"] for card in cards] == [spec.name for spec in registry]
    offered = plan_schema(registry, STRATEGIES)["$defs"]["call"]["anyOf"]
    by_tool = {call["properties"]["tool"]["const"]: call["properties"] for call in offered}
    assert by_tool.keys() >= {"edit", "inpaint", "find_pictures", "segment", "cut_out", "describe"}
    reference = {"$ref": "#/$defs/reference"}
    for tool, name in (("edit", "image"), ("inpaint", "mask"), ("draw", "concept")):
        assert reference in by_tool[tool]["arguments"]["properties"][name]["anyOf"]
    picture = {"ref": "inputs.0"}
    nodes = [
        call("found", "segment", image=picture, phrases=["boat"], boxes=None),
        call("filled", "inpaint", image=picture, mask={"ref": "found.mask"}, prompt="a moon"),
        call("changed", "edit", image={"ref": "filled.image"}, instruction="remove the star"),
        call("anew", "draw", prompt="the shown thing at night", concept=picture),
    ]
    written = {"summary": "s", "notes": [], "nodes": nodes}
    outputs = ["changed.image", "anew.image"]
    plan = parse_plan(from_wire({**written, "outputs": outputs, "refusal": None}))
    assert validate(plan, registry, inputs=1) == []


def test_the_way_back_is_a_plan(registry: Registry) -> None:
    """What a model writes in that schema parses as our plan."""
    assert validate(parse_plan(from_wire(answer())), registry, inputs=0) == []


def test_the_settings_choose_the_planner(
    registry: Registry, models: ScriptedModelClient, endpoint: ChatEndpoint
) -> None:
    """No endpoint: the embedded planner. An endpoint without a model: a clear error."""

    class Settings:
        planner = PlannerSettings()

    assert make_planner(Settings, models, registry).label == EmbeddedPlanner.label  # type: ignore[arg-type]
    Settings.planner = endpoint.settings
    assert make_planner(Settings, models, registry).label == LanguagePlanner.label  # type: ignore[arg-type]
    Settings.planner = PlannerSettings(base_url="http://127.0.0.1:1/v1")
    with pytest.raises(ConfigError, match=r"planner\.model"):
        make_planner(Settings, models, registry)  # type: ignore[arg-type]
