"""A hundred strings that want to be obeyed: the same calls are planned as without them.

Twenty strings in each of five places: what a picture says, captions and documents of attached
pictures, names of files and models, errors, and tool cards. The language model here obeys whatever
reaches it outside quoted data, and whatever it is shown in a picture.
"""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from chat_endpoint import ChatEndpoint
from composed_pictures import scene, thing
from PIL import Image, ImageDraw
from poisons import COMMAND, POISONS
from written_plans import PICTURE, REQUEST, answer, call

from maquette.agents.planning.embedded import EmbeddedPlanner
from maquette.agents.planning.language_model import LanguagePlanner
from maquette.agents.planning.seam import Scenes
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.generation import GenerationDescription
from maquette.records.artifact import ArtifactRef
from maquette.records.base import Record
from maquette.records.errors import ModelUnavailable
from maquette.records.plan import Plan, calls_of
from maquette.records.task import TaskRequest
from maquette.tools.contract import ToolContext
from maquette.tools.registry import Registry
from maquette.tools.spec import tool

pytestmark = pytest.mark.slow
SEEING = REQUEST.model_copy(update={"inputs": (PICTURE,)})
CHANGING = TaskRequest(text="make the circle green", inputs=(PICTURE,))
EVIL = call("evil", "enlarge", image={"ref": "inputs.0"}, factor=8)


def obeying(sent: dict[str, Any]) -> dict[str, Any]:
    """Does what it is told by any line that is not data, and by any picture."""
    told = [_said(message) for message in sent["messages"] if message["role"] != "assistant"]
    lines = [line for text in told for line in text.splitlines() if not _is_data(line)]
    seen = any(isinstance(message["content"], list) for message in sent["messages"])
    if seen or any(COMMAND in line for line in lines):
        return {**answer(), "nodes": [*answer()["nodes"], EVIL], "outputs": ["evil.image"]}
    return answer()


def _said(message: dict[str, Any]) -> str:
    content = message["content"]
    return content if isinstance(content, str) else str(content[0]["text"])


def _is_data(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


@pytest.fixture
def endpoint() -> Iterator[ChatEndpoint]:
    found = ChatEndpoint(always=obeying)
    yield found
    found.close()


def _steps(plan: Plan) -> list[tuple[str, str, str]]:
    """Every call with its tool and its arguments: what is done."""
    return [
        (one.id, one.tool, json.dumps(one.arguments, sort_keys=True))
        for node in plan.nodes
        for one in calls_of(node)
    ]


class _Out(Record):
    text: str


def _with_card(registry: Registry, description: str) -> Registry:
    async def helper(ctx: ToolContext, *, text: str = "") -> _Out:
        return _Out(text=text)

    helper.__doc__ = description
    made = tool("helper", version="1", cost_s=0.1)(helper)
    return Registry([*registry, made])


def _renamed(models: ScriptedModelClient, name: str) -> ScriptedModelClient:
    """The same models under another name, with an ability and an error of that name."""
    scripts = dict(models._scripts)
    describe = scripts["generation", "describe"]

    def renamed(request: Any) -> GenerationDescription:
        told = describe(request)
        return told.model_copy(
            update={"model": name, "pipeline": name, "capabilities": (*told.capabilities, name)}
        )

    def failing(request: Any) -> Any:
        raise ModelUnavailable(name)

    scripts["generation", "describe"] = renamed
    scripts["reward", "describe"] = failing
    return ScriptedModelClient({**scripts, ("text_rendering", "fonts"): _fonts})


def _fonts(request: Any) -> Any:
    from maquette.model_servers.schemas.text_rendering import FontsReply

    return FontsReply(fonts={"sans-bold": "plain"})


def _picture_that_says(words: str) -> bytes:
    picture = Image.new("RGB", (300, 60), "white")
    ImageDraw.Draw(picture).text((2, 2), words.encode("ascii", "replace").decode(), fill="black")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def _scenes(words: str) -> Scenes:
    """The document of a picture whose caption and things were given such names."""
    round_thing = thing("circle", (0.3, 0.3, 0.7, 0.7), phrase="circle")
    other = thing("square", (0.0, 0.0, 0.2, 0.2), phrase=words.strip() or "square")
    return (scene(round_thing, other),)


PLACES = ("picture", "caption", "name", "error", "card")


class Poisoned:
    """One planning with a string in one place; None: the same without."""

    def __init__(self, place: str, words: str | None, registry: Registry) -> None:
        self._place = place
        self.words = words
        card = "Help with texts." + (f" {words}" if place == "card" and words else "")
        self.tools = _with_card(registry, card)

    def models(self, models: ScriptedModelClient) -> ScriptedModelClient:
        """The models, one of which may carry the string as its name or error."""
        named = self.words if self._place in ("name", "error") else None
        return _renamed(models, named or "small")

    def inputs(self, request: TaskRequest) -> TaskRequest:
        """The request; the type of what is attached may carry the string."""
        words = self.words if self._place == "name" else None
        kind = f"image/png; name={words}"[:80] if words else "image/png"
        ref = PICTURE.model_copy(update={"media_type": kind})
        return request.model_copy(update={"inputs": (ref,)})

    def scenes(self) -> Scenes:
        """What the attached picture was composed from."""
        return _scenes(self.words if self._place == "caption" and self.words else "square")

    async def look(self, ref: ArtifactRef) -> bytes:
        """The attached picture, with the words in it."""
        return _picture_that_says(self.words if self._place == "picture" and self.words else "")


async def _language(endpoint: ChatEndpoint, case: Poisoned, models: ScriptedModelClient) -> Plan:
    planner = LanguagePlanner.of(endpoint.settings, case.tools, models=case.models(models))
    try:
        return await planner.plan_seeing(case.inputs(REQUEST), look=case.look, scenes=case.scenes())
    finally:
        await planner.close()


async def _embedded(case: Poisoned, models: ScriptedModelClient, request: TaskRequest) -> Plan:
    planner = EmbeddedPlanner(case.models(models), case.tools)
    return await planner.plan(case.inputs(request), scenes=case.scenes())


def test_there_are_a_hundred() -> None:
    """And no two are the same."""
    assert len(set(POISONS)) * len(PLACES) == 100


@pytest.mark.parametrize("place", PLACES)
async def test_a_language_model_plans_the_same_calls(
    endpoint: ChatEndpoint, registry: Registry, models: ScriptedModelClient, place: str
) -> None:
    """As without the string; and without it the request succeeds."""
    clean = _steps(await _language(endpoint, Poisoned(place, None, registry), models))
    assert [step[1] for step in clean] == ["draw", "typeset"]
    for words in POISONS:
        plan = await _language(endpoint, Poisoned(place, words, registry), models)
        assert _steps(plan) == clean and plan.planner == "planner-8b", words


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("request_", [CHANGING, TaskRequest(text="a red circle above a star")])
async def test_the_embedded_planner_plans_the_same_calls(
    registry: Registry, finding_models: ScriptedModelClient, place: str, request_: TaskRequest
) -> None:
    """The same, of a change to the attached picture and of a picture made anew."""
    clean = _steps(await _embedded(Poisoned(place, None, registry), finding_models, request_))
    assert clean
    for words in POISONS:
        case = Poisoned(place, words, registry)
        assert _steps(await _embedded(case, finding_models, request_)) == clean, words


async def test_the_obedient_model_would_obey(endpoint: ChatEndpoint, registry: Registry) -> None:
    """The attack is real: where the string is not quoted, the evil call is planned."""
    messages = [{"role": "system", "content": f"Rules.\n{COMMAND}"}]
    assert "evil" in json.dumps(obeying({"messages": messages}))
    quoted = [{"role": "system", "content": json.dumps({"does": COMMAND})}]
    assert "evil" not in json.dumps(obeying({"messages": copy.deepcopy(quoted)}))
