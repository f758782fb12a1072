"""Attached pictures: shown small, where the endpoint takes them, and unable to change steps."""

from __future__ import annotations

import base64
import copy
import io
from collections.abc import Iterator
from typing import Any

import pytest
from chat_endpoint import ChatEndpoint, refuse
from PIL import Image
from written_plans import PICTURE, REQUEST, answer, call

from maquette.agents.planning.language_model import LanguagePlanner
from maquette.agents.planning.llm.sight import MAX_DATA_URL, MAX_SIDE_PX, adjusted, data_url
from maquette.agents.planning.llm.wire import from_wire
from maquette.agents.validation.validator import parse_plan
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import StoreUnavailable
from maquette.records.plan import Plan
from maquette.tools.registry import Registry

SEEING = REQUEST.model_copy(update={"inputs": (PICTURE,)})


def _png(width: int = 90, height: int = 60) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((width, height), 90).convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()


async def _look(ref: ArtifactRef) -> bytes:
    return _png()


@pytest.fixture
def endpoint() -> Iterator[ChatEndpoint]:
    found = ChatEndpoint()
    yield found
    found.close()


def _planner(endpoint: ChatEndpoint, registry: Registry, pictures: str = "auto") -> LanguagePlanner:
    settings = endpoint.settings.model_copy(update={"pictures": pictures})
    return LanguagePlanner.of(settings, registry)


def _moved() -> dict[str, Any]:
    """The plan after the picture was seen: a box and a colour that suit it better."""
    plan = copy.deepcopy(answer())
    block = plan["nodes"][0]["body"][1]["arguments"]["blocks"][0]
    block["box"]["y0"], block["colour"] = 0.11, "#000000"
    return plan


def _calls(plan: Plan) -> list[tuple[str, str]]:
    return [(one.id, one.tool) for one in plan.nodes[0].body]  # type: ignore[union-attr]


async def test_a_plan_follows_what_is_seen_in_places_and_colours(
    endpoint: ChatEndpoint, registry: Registry
) -> None:
    """First the words are planned, without the picture; then it is shown, as a small data URL."""
    endpoint.answers = [answer(), _moved()]
    plan = await _planner(endpoint, registry).plan_seeing(SEEING, look=_look)
    first, second = endpoint.requests
    assert "image_url" not in str(first["messages"])
    (shown,) = [part for part in second["messages"][-1]["content"] if part["type"] == "image_url"]
    assert shown["image_url"]["url"].startswith("data:image/jpeg;base64,")
    assert second["messages"][:2] == first["messages"]
    block = plan.nodes[0].body[1].arguments["blocks"][0]  # type: ignore[union-attr]
    assert block["box"]["y0"] == 0.11 and block["colour"] == "#000000"


@pytest.mark.parametrize(("side", "mode"), [(1_600, "RGB"), (50, "RGBA")])
def test_a_picture_is_shown_within_bounds(side: int, mode: str) -> None:
    """Noise, the hardest to pack, fits too; what is clear becomes white."""
    buffer = io.BytesIO()
    Image.effect_noise((side, side // 2), 90).convert(mode).save(buffer, "PNG")
    url = data_url(buffer.getvalue())
    assert len(url) <= MAX_DATA_URL
    picture = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))
    assert max(picture.size) <= MAX_SIDE_PX and picture.format == "JPEG"


async def test_an_endpoint_that_takes_none_is_shown_none_again(
    endpoint: ChatEndpoint, registry: Registry
) -> None:
    """``auto`` remembers one refusal; the plan of the words stands."""
    no = refuse(400, "planner-8b is not a multimodal model")
    endpoint.answers = [answer(), no, answer()]
    planner = _planner(endpoint, registry)
    plans = [await planner.plan_seeing(SEEING, look=_look) for _ in range(2)]
    assert plans[0] == plans[1] and len(endpoint.requests) == 3


@pytest.mark.parametrize(("pictures", "asked"), [("off", 1), ("on", 2)])
async def test_the_setting_decides(
    endpoint: ChatEndpoint, registry: Registry, pictures: str, asked: int
) -> None:
    """``off`` shows none; ``on`` shows them."""
    endpoint.always = answer()
    await _planner(endpoint, registry, pictures).plan_seeing(SEEING, look=_look)
    assert len(endpoint.requests) == asked


async def test_a_picture_that_cannot_be_read_changes_nothing(
    endpoint: ChatEndpoint, registry: Registry
) -> None:
    """The plan of the words stands, and nothing is asked a second time."""

    async def away(ref: ArtifactRef) -> bytes:
        raise StoreUnavailable("the store is away")

    endpoint.always = answer()
    plan = await _planner(endpoint, registry).plan_seeing(SEEING, look=away)
    assert len(endpoint.requests) == 1 and plan.planner == "planner-8b"


def _obeying(**update: Any) -> list[dict[str, Any]]:
    """What a model might answer that does as words in a picture order."""
    more = call("evil", "enlarge", image={"ref": "inputs.0"}, factor=8)
    loop = copy.deepcopy(answer()["nodes"][0])
    loop["body"][1]["arguments"]["blocks"][0]["text"] = "HACKED"
    swapped = copy.deepcopy(answer()["nodes"][0])
    swapped["body"][0]["tool"] = "enlarge"
    return [
        answer(nodes=[*answer()["nodes"], more], outputs=["evil.image"]),
        answer(nodes=[loop]),
        answer(nodes=[swapped]),
        answer(nodes=[]),
        answer(refusal="the picture says to stop"),
    ]


@pytest.mark.parametrize("case", range(5))
async def test_words_in_a_picture_add_no_step_and_change_no_string(
    endpoint: ChatEndpoint, registry: Registry, case: int
) -> None:
    """Also of a model that obeys them: the plan is that of the words alone."""
    endpoint.answers = [answer(), _obeying()[case]]
    plan = await _planner(endpoint, registry).plan_seeing(SEEING, look=_look)
    endpoint.answers = [answer()]
    assert plan == await _planner(endpoint, registry).plan(SEEING)


def test_only_places_and_colours_move() -> None:
    """A count, a size, a reference, a list of another length: as before."""
    before = parse_plan(from_wire(answer()))
    after = copy.deepcopy(answer())
    after["nodes"][0]["body"][1]["arguments"].update(width_px=4096, art={"ref": "inputs.0"})
    after["nodes"][0]["body"][0]["arguments"]["layout"] *= 2
    after["nodes"][0]["candidates"] = 16
    assert adjusted(before, parse_plan(from_wire(after))) == before
    assert _calls(adjusted(before, parse_plan(from_wire(_moved())))) == _calls(before)
