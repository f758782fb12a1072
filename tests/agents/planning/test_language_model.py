"""The language model planner against an OpenAI-shaped server on loopback that plays a script."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import SecretStr

from maquette.agents.planning.embedded import EmbeddedPlanner
from maquette.agents.planning.language_model import LanguagePlanner
from maquette.agents.planning.llm_prompt import system_message
from maquette.agents.planning.llm_wire import from_wire, plan_schema
from maquette.agents.planning.make import make_planner
from maquette.agents.validation.validator import parse_plan, validate
from maquette.contracts.planner import PICTURE as ATTACHED
from maquette.contracts.planner import PlannerContract
from maquette.infra.settings.schema import PlannerSettings
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import ConfigError, FixInput, ModelUnavailable, PlanRejected
from maquette.records.loop import STRATEGIES
from maquette.records.task import TaskRequest
from maquette.tools.registry import Registry

PICTURE = ArtifactRef(
    sha256="5" * 64, media_type="image/png", size_bytes=9, width_px=900, height_px=600
)
BOX = {"x0": 0.1, "y0": 0.05, "x1": 0.9, "y1": 0.25}


def _call(name: str, tool: str, **arguments: Any) -> dict[str, Any]:
    return {"kind": "call", "id": name, "tool": tool, "arguments": arguments, "reason": "needed"}


def _answer(tool: str = "typeset") -> dict[str, Any]:
    """A right plan as a model writes it: nulls for what is left out, ``ref`` for references."""
    art = _call(
        "art",
        "draw",
        prompt="a red circle",
        negative_prompt=None,
        layout=[{"box": {"x0": 0.3, "y0": 0.4, "x1": 0.7, "y1": 0.8}, "phrase": "red circle"}],
        steps=None,
        guidance=None,
        width_px=None,
        height_px=None,
    )
    block = {"text": "GRAND OPENING", "box": BOX, "font": None, "colour": "#ffffff", "panel": None}
    sheet = _call(
        "sheet",
        tool,
        width_px=768,
        height_px=768,
        blocks=[block],
        background="#7a1626",
        art={"ref": "art.image"},
        art_box={"x0": 0, "y0": 0.3, "x1": 1, "y1": 1},
    )
    loop = {
        "kind": "loop",
        "id": "poster",
        "strategy": "revise",
        "body": [art, sheet],
        "result": "sheet.image",
        "criteria": [
            {"id": "words", "kind": "text_reads", "text": "GRAND OPENING"},
            {"id": "thing", "kind": "exists", "thing": "circle"},
        ],
        "candidates": 2,
        "rounds": 2,
        "reason": "words must be exact",
    }
    return {
        "refusal": None,
        "summary": "a poster",
        "notes": [],
        "nodes": [loop],
        "outputs": ["poster.image"],
    }


class Endpoint:
    """Answers chat completions with the scripted texts, one after the other."""

    def __init__(self, *answers: str | dict[str, Any] | int, always: Any = 500) -> None:
        """
        Args:
            always: the answer when the script has ended.
        """
        self.answers = list(answers)
        self.always = always
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                endpoint.requests.append({"path": self.path, **json.loads(body)})
                endpoint.headers.append({k.lower(): v for k, v in self.headers.items()})
                answer = endpoint.answers.pop(0) if endpoint.answers else endpoint.always
                if isinstance(answer, int):
                    self._send(answer, {"error": {"message": "no", "type": "server_error"}})
                    return
                text = answer if isinstance(answer, str) else json.dumps(answer)
                message = {"role": "assistant", "content": text}
                self._send(
                    200,
                    {
                        "id": "c1",
                        "object": "chat.completion",
                        "created": 1,
                        "model": "planner",
                        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
                    },
                )

            def _send(self, status: int, value: dict[str, Any]) -> None:
                data = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def settings(self) -> PlannerSettings:
        return PlannerSettings(
            base_url=f"http://127.0.0.1:{self._server.server_port}/v1",
            model="planner-8b",
            api_key=SecretStr("sk-test"),
            timeout_s=20,
        )

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    found = Endpoint()
    yield found
    found.close()


REQUEST = TaskRequest(text="a poster that says GRAND OPENING above a red circle")


async def _plan(
    endpoint: Endpoint,
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
        self, endpoint: Endpoint, registry: Registry
    ) -> AsyncIterator[LanguagePlanner]:
        endpoint.always = _answer()
        planner = LanguagePlanner.of(endpoint.settings, registry)
        yield planner
        await planner.close()

    @pytest.fixture
    def asked(self) -> TaskRequest:
        return REQUEST.model_copy(update={"inputs": (ATTACHED,)})

    @pytest.fixture
    def refusing(
        self, planner: LanguagePlanner, endpoint: Endpoint
    ) -> tuple[LanguagePlanner, TaskRequest]:
        endpoint.always = {**_answer(), "refusal": "There is no sound here.", "nodes": []}
        return planner, TaskRequest(text="sing me a song")


async def test_a_good_answer_becomes_a_valid_plan(endpoint: Endpoint, registry: Registry) -> None:
    """Nulls are dropped, references are ours, and the plan names the model that made it."""
    endpoint.answers = [_answer()]
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
    endpoint: Endpoint, registry: Registry, strategy: str
) -> None:
    """A model that asks for independent drafts gets them: its answer is no old plan."""
    answer = _answer()
    answer["nodes"][0]["strategy"] = strategy
    endpoint.answers = [answer]
    plan = await _plan(endpoint, registry)
    assert plan.nodes[0].strategy == strategy


async def test_the_request_has_the_shape_that_servers_accept(
    endpoint: Endpoint, registry: Registry
) -> None:
    """One chat completion with a strict JSON schema, the tools, the key and the words."""
    endpoint.answers = [_answer()]
    await _plan(endpoint, registry, inputs=(PICTURE,))
    (sent,) = endpoint.requests
    assert sent["path"] == "/v1/chat/completions" and sent["model"] == "planner-8b"
    assert endpoint.headers[0]["authorization"] == "Bearer sk-test"
    form = sent["response_format"]
    assert form["type"] == "json_schema" and form["json_schema"]["strict"] is True
    assert form["json_schema"]["schema"] == plan_schema(registry, STRATEGIES)
    system, user = sent["messages"]
    assert system["role"] == "system"
    assert all(f'"{name}"' in system["content"] for name in registry.names())
    assert json.loads(user["content"])["request"] == REQUEST.text
    assert "900 x 600" in user["content"] and PICTURE.sha256 not in user["content"]


async def test_a_broken_answer_is_mended_once(endpoint: Endpoint, registry: Registry) -> None:
    """An unknown tool comes back with its code and the nearest name; the second answer counts."""
    endpoint.answers = [_answer("typset"), _answer()]
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
    endpoint: Endpoint, registry: Registry, models: ScriptedModelClient, bad: str
) -> None:
    """Twice wrong, whatever way: the embedded planner plans, and a note says so."""
    endpoint.answers = [bad, _answer("paint")]
    plan = await _plan(endpoint, registry, models)
    assert len(endpoint.requests) == 2 and plan.planner == "embedded"
    assert any("gave no valid plan" in note for note in plan.notes)


async def test_without_a_fallback_the_refusal_has_the_reasons(
    endpoint: Endpoint, registry: Registry
) -> None:
    """Twice wrong and nobody else to ask: refused with the rules that were broken."""
    endpoint.answers = [_answer("paint"), _answer("paint")]
    with pytest.raises(PlanRejected) as caught:
        await _plan(endpoint, registry)
    assert [code for code, _ in caught.value.reasons] == ["unknown_tool"]


async def test_a_model_that_refuses_is_believed(endpoint: Endpoint, registry: Registry) -> None:
    """A refusal in words reaches the person; it is not repaired."""
    refusal = {**_answer(), "refusal": "There is no sound here.", "nodes": [], "outputs": []}
    endpoint.answers = [refusal]
    with pytest.raises(FixInput, match="There is no sound here"):
        await _plan(endpoint, registry)
    assert len(endpoint.requests) == 1


@pytest.mark.slow
async def test_an_endpoint_that_is_away_leaves_it_to_the_embedded_planner(
    endpoint: Endpoint, registry: Registry, models: ScriptedModelClient
) -> None:
    """Errors of the endpoint are no reason to fail: the note says that it did not answer."""
    endpoint.answers = [500, 500, 500]
    plan = await _plan(endpoint, registry, models)
    assert plan.planner == "embedded"
    assert any("did not answer" in note for note in plan.notes)


async def test_an_endpoint_that_is_away_is_a_reason_to_wait(
    endpoint: Endpoint, registry: Registry
) -> None:
    """With nobody else to ask, the error says to try again, and hides nothing but the key."""
    endpoint.answers = [400]
    with pytest.raises(ModelUnavailable) as caught:
        await _plan(endpoint, registry)
    assert "sk-test" not in str(caught.value)


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
    cards = [json.loads(line) for line in system_message(registry).splitlines() if line[:1] == "{"]
    assert [card["name"] for card in cards] == [spec.name for spec in registry]
    offered = plan_schema(registry, STRATEGIES)["$defs"]["call"]["anyOf"]
    by_tool = {call["properties"]["tool"]["const"]: call["properties"] for call in offered}
    assert by_tool.keys() >= {"edit", "inpaint", "find_pictures", "segment", "cut_out", "describe"}
    reference = {"$ref": "#/$defs/reference"}
    for tool, name in (("edit", "image"), ("inpaint", "mask"), ("draw", "concept")):
        assert reference in by_tool[tool]["arguments"]["properties"][name]["anyOf"]
    picture = {"ref": "inputs.0"}
    nodes = [
        _call("found", "segment", image=picture, phrases=["boat"], boxes=None),
        _call("filled", "inpaint", image=picture, mask={"ref": "found.mask"}, prompt="a moon"),
        _call("changed", "edit", image={"ref": "filled.image"}, instruction="remove the star"),
        _call("anew", "draw", prompt="the shown thing at night", concept=picture),
    ]
    answer = {"summary": "s", "notes": [], "nodes": nodes}
    outputs = ["changed.image", "anew.image"]
    plan = parse_plan(from_wire({**answer, "outputs": outputs, "refusal": None}))
    assert validate(plan, registry, inputs=1) == []


def test_the_way_back_is_a_plan(registry: Registry) -> None:
    """What a model writes in that schema parses as our plan."""
    assert validate(parse_plan(from_wire(_answer())), registry, inputs=0) == []


def test_the_settings_choose_the_planner(
    registry: Registry, models: ScriptedModelClient, endpoint: Endpoint
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
