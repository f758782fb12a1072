"""Requests to find, mask or cut out things of an attached picture."""

from __future__ import annotations

import pytest

from maquette.agents.intents.router import Router
from maquette.agents.planning.embedded import EmbeddedPlanner
from maquette.agents.reading.finding import read_finding
from maquette.agents.reading.request import read_request
from maquette.agents.reading.wording import find_wordings
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import FixInput
from maquette.records.plan import Call
from maquette.records.task import TaskRequest
from maquette.tools.registry import Registry

PICTURE = ArtifactRef(
    sha256="0" * 64, media_type="image/png", size_bytes=9, width_px=64, height_px=64
)


@pytest.mark.parametrize(
    ("text", "wanted", "phrases"),
    [
        ("cut out the red circle", "cut_out", ("the red circle",)),
        ("Cut the boat out of the picture.", "cut_out", ("the boat",)),
        ("please isolate the blue fish in this photo", "cut_out", ("the blue fish",)),
        ("where is the boat?", "place", ("the boat",)),
        ("show me where the two trees are", "place", ("the two trees",)),
        ("find the sun, the moon and a star", "place", ("the sun", "the moon", "a star")),
        ("a mask of the green tree in the image please", "mask", ("the green tree",)),
        ("segment the house", "mask", ("the house",)),
        ('where is the word "OPEN" in this picture', "place", ('the word "OPEN"',)),
    ],
)
def test_what_is_to_be_found_is_read(text: str, wanted: str, phrases: tuple[str, ...]) -> None:
    """The phrase is the person's own, without what only points at the picture."""
    finding = read_finding(find_wordings(text))
    assert finding is not None
    assert (finding.wanted, finding.phrases) == (wanted, phrases)


@pytest.mark.parametrize(
    "text",
    [
        "where was this photo taken",
        "where is this picture from",
        "where are you from",
        "cut it out",
        "describe this picture",
        "how many boats are there",
        "a red circle",
    ],
)
def test_other_requests_are_left_alone(text: str) -> None:
    """Nothing to look for is invented."""
    assert read_finding(find_wordings(text)) is None


def test_without_a_picture_nothing_is_found(models: ScriptedModelClient) -> None:
    """The sign holds for attached pictures only."""
    router = Router(models)
    told = router.told(read_request("where is the boat", 1))
    assert told is not None and told.name == "find"
    assert router.told(read_request("where is the boat", 0)) is None


async def test_cutting_out_is_finding_then_cutting(
    models: ScriptedModelClient, registry: Registry
) -> None:
    """The plan is valid, and the mask goes from the one tool to the other."""
    planner = EmbeddedPlanner(models, registry)
    plan = await planner.plan(TaskRequest(text="cut out the red circle", inputs=(PICTURE,)))
    found, cut = plan.nodes
    assert isinstance(found, Call) and isinstance(cut, Call)
    assert found.arguments["phrases"] == ["the red circle"]
    assert cut.arguments["mask"] == {"$ref": "found.mask"}
    assert plan.outputs == ("cut.image",)


async def test_where_is_answers_in_words_and_with_a_picture(
    models: ScriptedModelClient, registry: Registry
) -> None:
    """A person gets the place and can look at it; a mask is asked for by its name."""
    planner = EmbeddedPlanner(models, registry)
    plan = await planner.plan(TaskRequest(text="where is the boat?", inputs=(PICTURE,)))
    assert plan.outputs == ("found.text", "found.overlay")
    plan = await planner.plan(TaskRequest(text="mask of the boat", inputs=(PICTURE,)))
    assert plan.outputs == ("found.mask", "found.text")
    with pytest.raises(FixInput):
        await planner.plan(TaskRequest(text="where is the boat?"))
