"""Changes that a mask is enough for: planned without a generator, every word accounted for."""

from __future__ import annotations

from typing import Any

import pytest
from hand_labelled import Told, by_hand

from maquette.agents.intents.contract import Asked
from maquette.agents.intents.edit import Edit
from maquette.agents.plans.finishing.law import NOT_DONE, said_only, with_asked
from maquette.agents.plans.served import Served
from maquette.agents.validation.validator import validate
from maquette.contracts.intent import CAN_DO, PICTURE
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.generation import GenerationDescription
from maquette.model_servers.schemas.segmentation import SegmentationDescription
from maquette.model_servers.schemas.understanding import UnderstandingDescription
from maquette.records.errors import FixInput, ModelUnavailable
from maquette.records.plan import Plan, calls_of
from maquette.records.task import TaskRequest
from maquette.tools.registry import load_registry

GENERATOR = GenerationDescription(
    model="closed",
    digest="d",
    pipeline="p",
    default_steps=1,
    default_guidance=1.0,
    width_px=512,
    height_px=512,
    layout=True,
    capabilities=("edit", "inpaint"),
    vocabulary={"things": ("ball", "star"), "colours": ("red", "green")},
)
SEES = ("ocr", "describe", "answer", "label_scores")


def models(*, draws: bool = True, finds: bool = True, reads: bool = True) -> ScriptedModelClient:
    told: dict[tuple[str, str], Any] = {
        ("understanding", "capabilities"): lambda _: UnderstandingDescription(
            model="m", digest="d", capabilities=SEES if reads else SEES[1:]
        ),
        ("segmentation", "describe"): lambda _: SegmentationDescription(
            digest="d", model_digest="m" if finds else None, guarded=False
        ),
    }
    if draws:
        told["generation", "describe"] = lambda _: GENERATOR
    return ScriptedModelClient(told)


async def planned(text: str, *told: Told, **served: bool) -> Plan:
    """The plan of a request with these labels, with what it says and no plan holds."""
    reading = by_hand(text, *told, kind="image_edit", attached=1)
    request = TaskRequest(text=text, inputs=(PICTURE,))
    plan = await Edit().plan(Asked(request, reading, Served(models(**served)), CAN_DO))
    plan = with_asked(plan, said_only(reading))
    assert validate(plan, load_registry(entries=()), inputs=1) == []
    return plan


def steps(plan: Plan) -> list[tuple[Any, ...]]:
    """Each call: its tool, the picture that it takes, and its plain arguments."""
    found = []
    for call in (call for node in plan.nodes for call in calls_of(node)):
        plain = {k: v for k, v in call.arguments.items() if not isinstance(v, dict)}
        found.append((call.tool, call.arguments["image"]["$ref"], plain))
    return found


DOOR = (("do", "make"), ("target", "door"), ("colour", "red", (1,)))
REQUESTS: list[tuple[str, tuple[Told, ...], dict[str, Any], str, dict[str, Any]]] = [
    ("make the door red", DOOR, {"phrase": "door"}, "recolour_area", {"colour": "red"}),
    (
        "paint the second door #ff8800",
        (
            ("do", "paint"),
            ("attr", "second", (2,)),
            ("target", "door"),
            ("words", "#ff8800", (2,)),
        ),
        {"phrase": "door", "number": 2},
        "recolour_area",
        {"colour": "#ff8800"},
    ),
    (
        "remove the two men on the left",
        (
            ("do", "remove"),
            ("count", "two", (2,)),
            ("target", "men"),
            ("place", "on the left", (2,)),
        ),
        {"phrase": "men", "pick": "left", "count": 2},
        "remove_area",
        {},
    ),
    (
        "remove the cup on the table",
        (("do", "remove"), ("target", "cup"), ("rel", "on", (1,), (3,)), ("target", "table")),
        {"phrase": "cup on the table"},
        "remove_area",
        {},
    ),
    (
        "make the shirts of the boy green",
        (("do", "make"), ("target", "shirts"), ("target", "boy"), ("colour", "green", (1, 2))),
        {"phrase": "shirts of the boy", "pick": "every"},
        "recolour_area",
        {"colour": "green"},
    ),
    (
        "move the logo to the top right corner",
        (("do", "move"), ("target", "logo"), ("place", "to the top right corner", (1,))),
        {"phrase": "logo"},
        "move_area",
        {"place": "top right"},
    ),
    (
        "shrink the lamp",
        (("do", "shrink"), ("target", "lamp")),
        {"phrase": "lamp"},
        "scale_area",
        {"factor": 0.7},
    ),
    ("blur the face", (("do", "blur"), ("target", "face")), {"phrase": "face"}, "blur_area", {}),
]


@pytest.mark.parametrize(
    ("text", "told", "sought", "tool", "arguments"), REQUESTS, ids=[one[0] for one in REQUESTS]
)
async def test_a_thing_unknown_to_the_generator_is_found_and_changed(
    text: str,
    told: tuple[Told, ...],
    sought: dict[str, Any],
    tool: str,
    arguments: dict[str, Any],
) -> None:
    """With a generator of few words or with none: the same two calls, and no word is lost."""
    plan = await planned(text, *told)
    thing = {**arguments, "thing": sought["phrase"]}
    assert steps(plan) == [("find_area", "inputs.0", sought), (tool, "inputs.0", thing)]
    assert not any(note.startswith(NOT_DONE) for note in plan.notes)
    without = await planned(text, *told, draws=False)
    assert without.nodes == plan.nodes


async def test_what_the_generator_knows_is_still_drawn() -> None:
    """Its plan is today's; without it, the ball is found and dyed."""
    ball = (("do", "make"), ("target", "ball"), ("colour", "red", (1,)))
    assert [tool for tool, *_ in steps(await planned("make the ball red", *ball))] == [
        "change_thing"
    ]
    without = await planned("make the ball red", *ball, draws=False)
    assert [tool for tool, *_ in steps(without)] == ["find_area", "recolour_area"]


async def test_changes_chain_whoever_makes_them() -> None:
    """Each works on the picture of the one before: drawn, dyed, reworded."""
    plan = await planned(
        "make the star green, make the door red and change the date to 12 May",
        ("do", "make"), ("target", "star"), ("colour", "green", (1,)),
        ("do", "make"), ("target", "door"), ("colour", "red", (4,)),
        ("do", "change"), ("target", "date"), ("words", "12 May", (7,)),
    )  # fmt: skip
    assert [(tool, image) for tool, image, _ in steps(plan)] == [
        ("change_thing", "inputs.0"),
        ("find_area", "changed_drawn1.image"),
        ("recolour_area", "changed_drawn1.image"),
        ("change_words", "changed_step2.image"),
    ]
    assert plan.outputs == ("changed_step3.image",)


async def test_where_nothing_finds_or_reads_it_is_refused_as_before() -> None:
    """Without a segmenter the generator decides; without a reader words stay."""
    with pytest.raises(FixInput, match="does not know 'door'"):
        await planned("make the door red", *DOOR, finds=False)
    with pytest.raises(ModelUnavailable):
        await planned("make the door red", *DOOR, finds=False, draws=False)
    words = (("do", "change"), ("target", "date"), ("words", "12 May", (1,)))
    with pytest.raises(FixInput, match="where no model reads words"):
        await planned("change the date to 12 May", *words, reads=False)


async def test_a_thing_that_is_not_named_is_asked_for() -> None:
    """ "The left one" says which, but not of what."""
    told = (("do", "make"), ("attr", "left", (2,)), ("target", "one"), ("colour", "red", (2,)))
    with pytest.raises(FixInput, match="not said which thing"):
        await planned("make the left one red", *told)


async def test_what_a_mask_cannot_do_is_drawn_by_name_and_told() -> None:
    """An unknown thing that becomes another needs the generator: its end is not vouched for."""
    told = (("do", "replace"), ("target", "door"), ("thing", "star"))
    plan = await planned("replace the door by a star", *told)
    assert [tool for tool, *_ in steps(plan)] == ["change_thing"]
    (loop,) = plan.nodes
    lost = [one for one in getattr(loop, "criteria", ()) if one.kind == "asked"]
    assert [one.words for one in lost] == ["replace the door with a star"]


async def test_what_neither_understands_is_told_beside_what_is_sought() -> None:
    """The place is sought, and so no loss; the glitter is a criterion of what is drawn."""
    plan = await planned(
        "make the ball red and blur the door on the left with glitter",
        ("do", "make"), ("target", "ball"), ("colour", "red", (1,)),
        ("do", "blur"), ("target", "door"), ("place", "on the left", (4,)),
        ("attr", "with glitter", (4,)),
    )  # fmt: skip
    asked = [
        one.words
        for node in plan.nodes
        for one in getattr(node, "criteria", ())
        if one.kind == "asked"
    ]
    assert asked == ["with glitter (door)"]
