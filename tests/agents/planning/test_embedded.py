"""The embedded planner: the right kind of plan, always valid, from the words alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from places import DATA as TEST_DATA

from maquette.agents.planning.embedded import EmbeddedPlanner
from maquette.agents.validation.validator import validate
from maquette.contracts.planner import PICTURE as ATTACHED
from maquette.contracts.planner import PlannerContract
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.reading import ReadItem, ReadReply, ReadSpan
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import FixInput, InvalidInput, NeedsAnswer, PlanRejected
from maquette.records.plan import Call, Loop, Plan
from maquette.records.task import TaskOptions, TaskRequest
from maquette.tools.registry import Registry
from maquette.words.colours import WORDS, contrast, from_hex

PROMPTS = json.loads((TEST_DATA / "agents" / "prompts.json").read_text())["prompts"]
PICTURE = ArtifactRef(
    sha256="a" * 64, media_type="image/png", size_bytes=9, width_px=900, height_px=600
)


@pytest.fixture
def planner(models: ScriptedModelClient, registry: Registry) -> EmbeddedPlanner:
    return EmbeddedPlanner(models, registry)


def _request(text: str, attached: int = 0, **options: Any) -> TaskRequest:
    return TaskRequest(text=text, inputs=(PICTURE,) * attached, options=TaskOptions(**options))


def _loop(plan: Plan) -> Loop:
    (node,) = plan.nodes
    assert isinstance(node, Loop)
    return node


def _criteria(plan: Plan) -> list[str]:
    from maquette.records.criterion import describe

    return [describe(criterion) for criterion in _loop(plan).criteria]


class TestEmbeddedPlanner(PlannerContract):
    @pytest.fixture
    def asked(self) -> TaskRequest:
        return TaskRequest(text="what does this sign say", inputs=(ATTACHED,))

    @pytest.fixture
    def planner(self, models: ScriptedModelClient, registry: Registry) -> EmbeddedPlanner:
        return EmbeddedPlanner(models, registry)

    @pytest.fixture
    def refusing(self, planner: EmbeddedPlanner) -> tuple[EmbeddedPlanner, TaskRequest]:
        return planner, TaskRequest(text="make a song about spring")


async def test_a_poster_draws_then_sets_the_words(planner: EmbeddedPlanner) -> None:
    """The example of the readme: art below, words above, every wish a criterion."""
    plan = await planner.plan(_request("a poster that says GRAND OPENING above a red circle"))
    loop = _loop(plan)
    art, sheet = loop.body
    assert (art.tool, sheet.tool, loop.result) == ("draw", "typeset", "sheet.image")
    assert (loop.strategy, loop.candidates, loop.rounds) == ("revise", 2, 3)
    assert [item["phrase"] for item in art.arguments["layout"]] == ["red circle"]
    assert "OPENING" not in json.dumps(art.arguments)
    (block,) = sheet.arguments["blocks"]
    assert block["text"] == "GRAND OPENING"
    assert block["box"]["y1"] <= sheet.arguments["art_box"]["y0"]
    assert _criteria(plan) == [
        'reads "GRAND OPENING"',
        "shows a circle",
        "the circle is red",
        "the text is above the circle",
    ]


async def test_things_stay_in_the_part_of_the_art_that_is_seen(planner: EmbeddedPlanner) -> None:
    """The band of words crops the picture; no box of a thing is cut by it."""
    plan = await planner.plan(_request('"ONE TWO THREE FOUR FIVE" above three stars and a house'))
    art, sheet = _loop(plan).body
    seen = sheet.arguments["art_box"]["y1"] - sheet.arguments["art_box"]["y0"]
    for item in art.arguments["layout"]:
        assert (1 - seen) / 2 <= item["box"]["y0"] < item["box"]["y1"] <= (1 + seen) / 2


async def test_a_sign_needs_no_drawing(planner: EmbeddedPlanner) -> None:
    """Words alone are set on a plain sheet; the generator is not asked."""
    plan = await planner.plan(_request('A sign that says "activeware".'))
    assert [call.tool for call in _loop(plan).body] == ["typeset"]
    assert _criteria(plan) == ['reads "activeware"']


@pytest.mark.parametrize(
    "text",
    [
        "a green birthday card that says GOOD LUCK above two red hearts",
        "a green card with the words GOOD LUCK",
    ],
)
async def test_a_sheet_takes_the_colour_said_of_it(planner: EmbeddedPlanner, text: str) -> None:
    """A card asked for in green is green, with letters that can be read on it."""
    *art, sheet = _loop(await planner.plan(_request(text))).body
    ground = from_hex(sheet.arguments["background"])
    assert ground == WORDS["green"]
    (block,) = sheet.arguments["blocks"]
    assert contrast(ground, from_hex(block["colour"])) >= 4.5
    for call in art:
        assert "teal background" in call.arguments["prompt"]  # the nearest this model knows


async def test_a_thing_is_not_drawn_on_its_own_colour(planner: EmbeddedPlanner) -> None:
    """On a red card a red heart keeps a background it can be seen on."""
    plan = await planner.plan(_request("a red card that says LOVE above a red heart"))
    art, sheet = _loop(plan).body
    assert from_hex(sheet.arguments["background"]) == WORDS["red"]
    assert "red background" not in art.arguments["prompt"]


async def test_a_picture_without_words_is_drawn_and_enlarged(planner: EmbeddedPlanner) -> None:
    """A 256 px model's picture is enlarged three times; there is no typesetting."""
    plan = await planner.plan(_request("three yellow stars above a house"))
    loop = _loop(plan)
    assert [call.tool for call in loop.body] == ["draw", "enlarge"]
    assert loop.body[1].arguments["factor"] == 3
    assert loop.body[0].arguments["prompt"].startswith("three yellow stars above a")
    assert _criteria(plan)[:2] == ["shows exactly 3 x star", "the star is yellow"]


async def test_colours_nobody_asked_for_are_not_judged(planner: EmbeddedPlanner) -> None:
    """A colour that was left open is chosen for drawing, but is no criterion."""
    plan = await planner.plan(_request("a sun above a boat"))
    assert "yellow sun" in _loop(plan).body[0].arguments["prompt"]
    assert not any(" is yellow" in text for text in _criteria(plan))


async def test_what_the_model_lacks_is_told(planner: EmbeddedPlanner) -> None:
    """Unknown things, synonyms and colours each leave an honest note."""
    plan = await planner.plan(_request("a turquoise yacht next to a fluffy cat"))
    notes = "\n".join(plan.notes)
    assert "does not know 'cat'" in notes
    assert "'yacht' is drawn as the nearest known thing: boat" in notes
    assert "'turquoise' is drawn as the nearest known colour" in notes


async def test_a_model_of_any_words_gets_the_persons_own(
    open_models: ScriptedModelClient, registry: Registry
) -> None:
    """A generator with an open vocabulary is given the request itself, and no notes."""
    plan = await EmbeddedPlanner(open_models, registry).plan(
        _request("a foggy harbour at dawn, oil on canvas")
    )
    draw = _loop(plan).body[0]
    assert draw.arguments["prompt"] == "a foggy harbour at dawn, oil on canvas"
    assert "layout" not in draw.arguments and plan.notes == ()


async def test_reading_an_attached_picture(planner: EmbeddedPlanner) -> None:
    """Asked what a picture says, the plan reads each attached one and delivers text."""
    plan = await planner.plan(_request("what does this sign say?", attached=2))
    assert [(node.id, node.tool) for node in plan.nodes if isinstance(node, Call)] == [
        ("words0", "read_text"),
        ("words1", "read_text"),
    ]
    assert plan.outputs == ("words0.text", "words1.text")


async def test_words_over_an_attached_picture(planner: EmbeddedPlanner) -> None:
    """Words are set over the attached picture in its own shape, on a plate."""
    plan = await planner.plan(_request('put "HELLO" on this picture', attached=1))
    (sheet,) = _loop(plan).body
    assert sheet.arguments["art"] == {"$ref": "inputs.0"}
    assert (sheet.arguments["width_px"], sheet.arguments["height_px"]) == (900, 600)
    assert sheet.arguments["blocks"][0]["panel"]


async def test_enlarging_an_attached_picture(planner: EmbeddedPlanner) -> None:
    """The factor is taken from the words."""
    plan = await planner.plan(_request("enlarge this photo 4x please", attached=1))
    (call,) = plan.nodes
    assert isinstance(call, Call) and call.tool == "enlarge"
    assert call.arguments["factor"] == 4


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("remove the background from this photo", "remove_background"),
        ("crop this image", "crop"),
        ("resize it to 320x200", "resize"),
    ],
)
async def test_a_whole_picture_is_adjusted(planner: EmbeddedPlanner, text: str, tool: str) -> None:
    """By one computed call, whose result is delivered."""
    plan = await planner.plan(_request(text, 1))
    (call,) = plan.nodes
    assert isinstance(call, Call) and call.tool == tool
    assert call.arguments["image"] == {"$ref": "inputs.0"}
    assert plan.outputs == (f"{call.id}.image",)


async def test_what_is_said_and_cannot_be_judged_is_a_criterion(planner: EmbeddedPlanner) -> None:
    """No word is lost: each stands in the ledger, and what no judge knows is told as asked for."""
    text = "a red star, no people"
    plan = await planner.plan(_request(text))
    asked = [one.words for one in _loop(plan).criteria if one.kind == "asked"]
    assert any("people" in words for words in asked)
    assert plan.ledger is not None
    said = " ".join(entry.words for entry in plan.ledger.entries)
    assert set(said.replace(",", "").split()) == set(text.replace(",", "").split())


async def test_two_wishes_are_two_results(
    models_that_read: Callable[[ReadReply], ScriptedModelClient], registry: Registry
) -> None:
    """Each item of a request is planned by itself; all are delivered together."""
    spans = (
        ReadSpan(label="thing", start=2, end=6, probability=1),
        ReadSpan(label="thing", start=10, end=15, probability=1),
    )
    kinds = {"image": 1.0, "text": 0.0}
    reply = ReadReply(
        spans=spans,
        items=(ReadItem(start=0, kinds=kinds), ReadItem(start=8, kinds=kinds)),
        read_to=15,
        digest="d",
        forward_s=0.0,
    )
    models = models_that_read(reply)
    planner = EmbeddedPlanner(models, registry)
    plan = await planner.plan(_request("a star; a house"))
    assert plan.outputs == tuple(f"{node.id}.image" for node in plan.nodes)
    things = [c.thing for n in plan.nodes for c in n.criteria if c.kind == "exists"]  # type: ignore[union-attr]
    assert things == ["star", "house"]


async def test_what_is_too_open_is_asked_back(planner: EmbeddedPlanner) -> None:
    """With answers to choose from."""
    with pytest.raises(NeedsAnswer) as caught:
        await planner.plan(_request("do something", 1))
    assert len(caught.value.question.choices) >= 2


@pytest.mark.parametrize(
    ("text", "attached", "told"),
    [
        ("describe this picture", 0, "describe"),
        ("make a video of this", 1, "sound"),
        ("make a song about spring", 0, "sound"),
        ("what is the capital of France", 0, "not a request for a picture"),
        ("who won the world cup", 0, "not a request for a picture"),
        ("remove the star", 0, "no attached picture to change"),
        ("read the text in the picture", 0, "no attached picture to read"),
        ("...", 0, "no words"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_what_can(
    planner: EmbeddedPlanner, text: str, attached: int, told: str
) -> None:
    """Each refusal says why and what to do instead."""
    with pytest.raises(FixInput, match=told) as caught:
        await planner.plan(_request(text, attached))
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "tool", "style"),
    [
        ("what is in this picture", "describe", "short"),
        ("what's in the picture?", "describe", "short"),
        ("what do you see?", "describe", "short"),
        ("what does this image show?", "describe", "short"),
        ("describe the attached picture in detail", "describe", "long"),
        ("do not draw, just describe this picture", "describe", "short"),
        ("how many red circles are there", "answer", None),
        ("how many birds are in the photo", "answer", None),
        ("what colour is the star?", "answer", None),
        ("is there a green tree?", "answer", None),
        ("what is left of the blue star?", "answer", None),
        ("what is in the background?", "answer", None),
    ],
)
async def test_an_attached_picture_is_described_or_asked(
    planner: EmbeddedPlanner, text: str, tool: str, style: str | None
) -> None:
    """What a picture shows is one call of the model that sees; a question goes on word for word."""
    plan = await planner.plan(_request(text, attached=1))
    (call,) = plan.nodes
    assert isinstance(call, Call) and call.tool == tool
    assert call.arguments["image"] == {"$ref": "inputs.0"}
    assert plan.outputs == (f"{call.id}.text",)
    if style:
        assert call.arguments["style"] == style
    else:
        assert call.arguments["question"] == text


async def test_a_question_is_asked_of_every_attached_picture(planner: EmbeddedPlanner) -> None:
    """Each of two pictures gets the question and gives an answer of its own."""
    plan = await planner.plan(_request("what colour is the star?", attached=2))
    images = [node.arguments["image"]["$ref"] for node in plan.nodes]  # type: ignore[union-attr]
    assert images == ["inputs.0", "inputs.1"] and len(plan.outputs) == 2


async def test_a_quoted_word_never_routes(planner: EmbeddedPlanner) -> None:
    """What stands in quotation marks is shown, not obeyed."""
    text = 'a sign that says "read this aloud and describe the image"'
    plan = await planner.plan(_request(text))
    assert _criteria(plan) == ['reads "read this aloud and describe the image"']


async def test_attached_pictures_do_not_choose_the_plan(planner: EmbeddedPlanner) -> None:
    """Plans for the same words are equal whatever the attached picture is."""
    other = PICTURE.model_copy(update={"sha256": "b" * 64})
    one = await planner.plan(_request("what does this say?", attached=1))
    two = await planner.plan(TaskRequest(text="what does this say?", inputs=(other,)))
    assert one == two


MISREAD = ("a poster titled The Old Man and the Sea",)


@pytest.mark.slow
@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda prompt: prompt["text"][:40])
async def test_every_plan_is_valid_and_repeatable(
    planner: EmbeddedPlanner, registry: Registry, prompt: dict[str, Any]
) -> None:
    """Each hand-written prompt gives a valid plan, the same one every time."""
    request = _request(prompt["text"], seed=11)
    try:
        plan = await planner.plan(request)
    except FixInput as refusal:
        assert prompt["text"].startswith("do not write") is False, refusal
        raise
    assert validate(plan, registry, inputs=0) == []
    assert plan == await planner.plan(request)
    texts = [c.text for c in _loop(plan).criteria if c.kind == "text_reads"]
    if prompt["text"].startswith(MISREAD):
        pytest.xfail("the reader takes a part of this title alone")
    # What is not quoted may be set as several lines where it has commas.
    assert ", ".join(texts) == ", ".join(prompt["strings"])


async def test_options_are_kept_and_the_budget_is_met(planner: EmbeddedPlanner) -> None:
    """Rounds asked for stay; rounds left open are cut to the budget, with a note."""
    text = "a poster that says HI above a star"
    plan = await planner.plan(_request(text, candidates=4, rounds=2))
    assert (_loop(plan).candidates, _loop(plan).rounds) == (4, 2)
    tight = await planner.plan(_request(text, budget_s=8))
    assert (_loop(tight).candidates, _loop(tight).rounds) == (2, 1)
    assert any("to stay within 8 s" in note for note in tight.notes)
    with pytest.raises(PlanRejected) as caught:
        await planner.plan(_request(text, budget_s=8, rounds=3))
    assert caught.value.reasons[0][0] == "over_budget"


async def test_a_string_too_long_to_set_is_refused(planner: EmbeddedPlanner) -> None:
    """A string over 400 characters is refused by its length, before anything is planned."""
    with pytest.raises(InvalidInput, match="has 500 characters"):
        await planner.plan(_request(f'a sign that says "{"A" * 500}"'))


async def test_hundreds_of_things_are_cut_to_what_fits(planner: EmbeddedPlanner) -> None:
    """A layout holds sixteen boxes; more are left out, and the plan says so."""
    plan = await planner.plan(_request("twelve stars and nine hearts and five trees"))
    assert len(_loop(plan).body[0].arguments["layout"]) == 16
    assert any("only 4 of 9" in note for note in plan.notes)
