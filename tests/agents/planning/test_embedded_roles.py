"""Plans that use what the generator's ports and the model that sees can do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from places import DATA as TEST_DATA

from maquette.agents.planning.embedded import EmbeddedPlanner
from maquette.agents.plans.edits import LARGER
from maquette.agents.validation.validator import validate
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.artifact import ArtifactRef
from maquette.records.criterion import Asked, describe
from maquette.records.errors import CapabilityMissing, FixInput, ModelUnavailable
from maquette.records.plan import Call, Loop, Plan
from maquette.records.task import TaskRequest
from maquette.tools.registry import Registry

PROMPTS = json.loads((TEST_DATA / "agents" / "prompts.json").read_text())["prompts"]
PICTURE = ArtifactRef(
    sha256="a" * 64, media_type="image/png", size_bytes=9, width_px=900, height_px=600
)


@pytest.fixture
def planner(able_models: ScriptedModelClient, registry: Registry) -> EmbeddedPlanner:
    return EmbeddedPlanner(able_models, registry)


def _request(text: str, attached: int = 1) -> TaskRequest:
    return TaskRequest(text=text, inputs=(PICTURE,) * attached)


def _loop(plan: Plan) -> Loop:
    (loop,) = (node for node in plan.nodes if isinstance(node, Loop))
    return loop


@pytest.mark.parametrize(
    ("text", "instructions", "criteria"),
    [
        ("make the circle green", ["make the circle green"], ["the circle is green"]),
        ("please remove the star", ["remove the star"], ["shows exactly 0 x star"]),
        (
            "replace the sun by a blue moon",
            ["replace the sun with a blue moon"],
            ["shows a blue moon", "shows exactly 0 x sun"],
        ),
        (
            "move the boat up",
            ["move the boat to the top"],
            ['does what "move the boat to the top" asks for'],
        ),
        (
            "make the background a meadow",
            ["make the background meadow"],
            ['does what "make the background meadow" asks for'],
        ),
        (
            "add a red house to the left of the star",
            ["add a red house left of the star"],
            ["shows a red house"],
        ),
        (
            "make the red circle green and remove the boat",
            ["make the red circle green", "remove the boat"],
            ["the circle is green", "shows exactly 0 x boat"],
        ),
    ],
)
async def test_an_attached_picture_is_changed(
    planner: EmbeddedPlanner,
    registry: Registry,
    text: str,
    instructions: list[str],
    criteria: list[str],
) -> None:
    """Each change is one edit of the result before it, in the words the model was taught; what
    can be looked at afterwards is a criterion."""
    plan = await planner.plan(_request(text))
    loop = _loop(plan)
    assert [call.arguments["instruction"] for call in loop.body] == instructions
    assert {call.tool for call in loop.body} == {"edit"}
    sources = [call.arguments["image"]["$ref"] for call in loop.body]
    assert sources == ["inputs.0", *(f"{call.id}.image" for call in loop.body[:-1])]
    assert [describe(criterion) for criterion in loop.criteria] == criteria
    judged = any(not isinstance(one, Asked) for one in loop.criteria)
    assert (loop.candidates, loop.rounds) == ((2, 2) if judged else (1, 1))
    assert validate(plan, registry, inputs=1) == []


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("make the red circle green", [{"target": "red circle", "colour": "green"}]),
        ("make the boat striped", [{"target": "boat", "pattern": "striped"}]),
        ("make the stars blue", [{"target": "star", "every": True, "colour": "blue"}]),
        ("remove the star and move the boat up", [{"target": "star"}, {"place": "top"}]),
        ("replace the sun by a blue car", [{"becomes": "blue car", "aspect": 1.8}]),
        ("make the boat bigger", [{"target": "boat", "scale": LARGER}]),
        (
            "add a red house to the left of the blue star",
            [{"becomes": "red house", "side": "left of", "beside": "blue star"}],
        ),
        ("make the background mint", [{"setting": "on a mint background"}]),
        ("change the background to snow", [{"setting": "in the snow"}]),
        ("put it on a mint to navy background", [{"setting": "on a mint to navy background"}]),
    ],
)
async def test_where_things_are_found_they_are_changed_one_by_one(
    finding_models: ScriptedModelClient,
    registry: Registry,
    text: str,
    steps: list[dict[str, Any]],
) -> None:
    """Each change names its thing and what becomes of it, or what the things stand before."""
    plan = await EmbeddedPlanner(finding_models, registry).plan(_request(text))
    calls = _loop(plan).body
    assert len(calls) == len(steps)
    for call, step in zip(calls, steps, strict=True):
        assert call.tool == ("change_background" if "setting" in step else "change_thing")
        assert call.arguments.items() >= step.items()
    assert validate(plan, registry, inputs=1) == []


async def test_words_the_model_lacks_are_told_or_asked_back(planner: EmbeddedPlanner) -> None:
    """A near colour leaves a note; an unknown thing or an untaught change is refused by name."""
    plan = await planner.plan(_request("make the circle turquoise"))
    assert any("'turquoise'" in note for note in plan.notes)
    for text, understood in (
        ("please remove the dog", "remove the dog"),
        ("make the circle bigger", "make the circle bigger"),
        ("make the background a spaceship", "make the background spaceship"),
    ):
        with pytest.raises(FixInput, match="understood: ") as caught:
            await planner.plan(_request(text))
        assert understood in caught.value.message and caught.value.hint


async def test_of_several_pictures_the_named_one_is_changed(planner: EmbeddedPlanner) -> None:
    """The second, or all of them; left open, it is asked back."""
    plan = await planner.plan(_request("make the circle green in the second picture", 2))
    assert _loop(plan).body[0].arguments["image"] == {"$ref": "inputs.1"}
    plan = await planner.plan(_request("make the circle green in both pictures", 2))
    assert len(plan.nodes) == len(plan.outputs) == 2
    with pytest.raises(FixInput, match="2 pictures are attached"):
        await planner.plan(_request("make the circle green", 2))


async def test_a_model_of_any_words_is_given_any_change(
    able_open_models: ScriptedModelClient, registry: Registry
) -> None:
    """What rules cannot take apart goes to it word for word, what they can in plain words."""
    planner = EmbeddedPlanner(able_open_models, registry)
    (call,) = (await planner.plan(_request("make the man in this photo smile"))).nodes
    assert isinstance(call, Call) and call.tool == "edit"
    assert call.arguments["instruction"] == "make the man in this photo smile"
    plan = await planner.plan(_request("please remove the dog"))
    assert _loop(plan).body[0].arguments["instruction"] == "remove the dog"


async def test_a_shown_thing_is_drawn_in_a_new_scene(
    planner: EmbeddedPlanner, registry: Registry
) -> None:
    """The picture is the concept; the thing is called as the generator calls it, also in its box;
    a name that a person gave it is judged."""
    plan = await planner.plan(_request("draw this boat on a beach to the left of a red house"))
    art, _ = _loop(plan).body
    assert art.arguments["prompt"] == "the shown thing left of a red house by the sea"
    assert art.arguments["concept"] == {"$ref": "inputs.0"}
    assert "second_concept" not in art.arguments
    named = plan.nodes[0]
    assert isinstance(named, Call)
    assert (named.tool, named.arguments) == ("name_thing", {"image": {"$ref": "inputs.0"}})
    assert art.arguments["concept_name"] == {"$ref": f"{named.id}.text"}
    boxes = {item["phrase"]: item["box"] for item in art.arguments["layout"]}
    assert boxes["the shown thing"]["x1"] < boxes["red house"]["x1"]
    assert [describe(criterion) for criterion in _loop(plan).criteria] == [
        "shows a boat",
        "shows a house",
        "the house is red",
        "the boat is left of the house",
    ]
    assert any("'beach'" in note for note in plan.notes)
    assert validate(plan, registry, inputs=1) == []


async def test_two_shown_things_and_a_poster_of_one(planner: EmbeddedPlanner) -> None:
    """Two pictures are two concepts; with words to be seen the sheet is set as ever."""
    plan = await planner.plan(_request("draw this thing above that thing", 2))
    art = _loop(plan).body[0].arguments
    assert art["prompt"].startswith("the shown thing above the second shown thing")
    assert (art["concept"], art["second_concept"]) == ({"$ref": "inputs.0"}, {"$ref": "inputs.1"})
    plan = await planner.plan(_request('make a poster that says "SALE" with this thing below'))
    art_call, sheet = _loop(plan).body
    assert art_call.arguments["concept"] == {"$ref": "inputs.0"}
    assert sheet.arguments["blocks"][0]["text"] == "SALE"


async def test_one_picture_a_thing(planner: EmbeddedPlanner) -> None:
    """With more pictures than things it is open which is meant, and asked back."""
    with pytest.raises(FixInput, match="understood: draw the thing of picture 1"):
        await planner.plan(_request("draw this thing on a beach", 2))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("make the circle green", "understood: make the circle green; but the generator 'small'"),
        ("draw this thing on a beach", "cannot show the thing of a given picture again"),
    ],
)
async def test_a_generator_without_the_port_is_named_with_a_way_out(
    models: ScriptedModelClient, registry: Registry, text: str, told: str
) -> None:
    """Before anything runs: what was understood, what is lacking, and what to do."""
    with pytest.raises(CapabilityMissing, match=told) as caught:
        await EmbeddedPlanner(models, registry).plan(_request(text))
    assert "models.generation.model" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "attached", "tools"),
    [
        ('a sign that says "OPEN"', 0, ["typeset"]),
        ('a sign that says "OPEN" in red letters', 0, ["typeset"]),
        ('a sign for our boat club that says "OPEN"', 0, ["typeset"]),
        ("what is in this picture", 1, ["describe"]),
        ("how many stars are there?", 1, ["answer"]),
        ("read the sign", 1, ["read_text"]),
        ("cut out the boat", 1, ["segment", "cut_out"]),
        ("find pictures of a red boat", 0, ["find_pictures"]),
        ("enlarge it twice", 1, ["enlarge"]),
        ('put "HELLO" on this picture', 1, ["typeset"]),
    ],
)
async def test_what_needs_no_generator_works_without_one(
    blind_models: ScriptedModelClient,
    registry: Registry,
    text: str,
    attached: int,
    tools: list[str],
) -> None:
    """Signs are set and attached pictures looked at though no generator is served."""
    plan = await EmbeddedPlanner(blind_models, registry).plan(_request(text, attached))
    calls = [c for n in plan.nodes for c in (n.body if isinstance(n, Loop) else (n,))]
    assert [call.tool for call in calls] == tools


async def test_a_drawing_without_a_generator_is_unavailable(
    blind_models: ScriptedModelClient, registry: Registry
) -> None:
    """Only words can do without: a thing to draw is not left out silently."""
    with pytest.raises(ModelUnavailable):
        await EmbeddedPlanner(blind_models, registry).plan(
            _request('a sign that says "OPEN" above a boat', 0)
        )


async def test_a_sign_never_asks_the_generator(
    able_models: ScriptedModelClient, registry: Registry
) -> None:
    """No call reaches the generation role for words alone."""
    await EmbeddedPlanner(able_models, registry).plan(_request('a sign that says "HI"', 0))
    assert not any(role == "generation" for role, _, _ in able_models.requests)


async def test_found_pictures_are_delivered_as_pictures(planner: EmbeddedPlanner) -> None:
    """The pictures themselves and their list; words that name nothing are asked back."""
    plan = await planner.plan(_request("find pictures of a red boat", 0))
    (call,) = plan.nodes
    assert isinstance(call, Call) and call.tool == "find_pictures"
    assert call.arguments["text"].removeprefix("a ") == "red boat"
    assert plan.outputs == ("found.images", "found.text")
    with pytest.raises(FixInput):
        await planner.plan(_request("find pictures like this one"))


async def test_drafts_are_chosen_between_only_where_something_judges_them(
    able_models: ScriptedModelClient, models: ScriptedModelClient, registry: Registry
) -> None:
    """With a model that sees, shapes are drafted and revised; without, drawn once."""
    request = _request("a red circle above a blue square", 0)
    loop = _loop(await EmbeddedPlanner(able_models, registry).plan(request))
    assert (loop.candidates, loop.rounds) == (2, 3)
    loop = _loop(await EmbeddedPlanner(models, registry).plan(request))
    assert (loop.candidates, loop.rounds) == (1, 1)


async def test_landscapes_and_patterns_are_drawn(planner: EmbeddedPlanner) -> None:
    """A model that knows them gets them in the words of its captions."""
    plan = await planner.plan(_request("three striped red balloons by the sea at night", 0))
    art = _loop(plan).body[0].arguments
    assert art["prompt"] == "three striped red balloons by the sea"
    assert [item["phrase"] for item in art["layout"]] == ["striped red balloon"] * 3
    assert any("'night' is left out" in note for note in plan.notes)


async def test_alike_things_are_told_apart_by_colour(planner: EmbeddedPlanner) -> None:
    """Counts and relations name the colour where two mentions are of one kind."""
    plan = await planner.plan(_request("two red stars above three blue stars", 0))
    told = [describe(criterion) for criterion in _loop(plan).criteria]
    assert "shows exactly 2 x red star" in told and "shows exactly 3 x blue star" in told
    assert "the red star is above the blue star" in told


@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda prompt: prompt["text"][:40])
async def test_printed_words_have_no_boxes(
    planner: EmbeddedPlanner, prompt: dict[str, Any]
) -> None:
    """Layout items are things; words to be seen are set, and what carries them is no thing."""
    from maquette.words.stopwords import CARRIERS

    plan = await planner.plan(_request(prompt["text"], 0))
    for call in _loop(plan).body:
        for item in call.arguments.get("layout", ()):
            words = item["phrase"].split()
            assert CARRIERS.isdisjoint(words), item
            assert not any(string in item["phrase"] for string in prompt["strings"])
