"""A request is read once, and the reading says all that its words do."""

from __future__ import annotations

import sys
from collections import Counter
from types import CodeType, FrameType

import pytest

from maquette.agents.planning.embedded import EmbeddedPlanner
from maquette.agents.reading.changing import read_changes
from maquette.agents.reading.finding import read_finding
from maquette.agents.reading.request import MAX_STRING_CHARACTERS, read_request
from maquette.agents.reading.searching import read_search
from maquette.agents.reading.showing import NOUNS, read_showing
from maquette.agents.reading.wording import find_wordings
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import InvalidInput, MaquetteError
from maquette.records.task import TaskRequest
from maquette.tools.registry import Registry

PICTURE = ArtifactRef(
    sha256="0" * 64, media_type="image/png", size_bytes=9, width_px=64, height_px=64
)
READERS = (find_wordings, read_search, read_finding, read_changes, read_showing)


@pytest.mark.parametrize(
    ("text", "attached"),
    [
        ("a poster that says SALE above a star", 0),
        ("find pictures of a red boat", 0),
        ("cut out the boat", 1),
        ("make the circle green", 1),
        ("draw this thing on a beach", 1),
        ('put "HELLO" on this picture', 1),
        ("what is the capital of France", 0),
    ],
)
async def test_every_way_of_reading_is_gone_once(
    able_models: ScriptedModelClient, registry: Registry, text: str, attached: int
) -> None:
    """From request to plan, whatever the intent, no sentence is taken apart twice."""
    names: dict[CodeType, str] = {reader.__code__: reader.__name__ for reader in READERS}
    seen: Counter[str] = Counter()

    def count(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in names:
            seen[names[frame.f_code]] += 1

    planner = EmbeddedPlanner(able_models, registry)
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        await planner.plan(TaskRequest(text=text, inputs=(PICTURE,) * attached))
    except MaquetteError:
        pass
    finally:
        sys.setprofile(before)
    assert seen == dict.fromkeys(names.values(), 1)


def test_quoted_words_decide_nothing() -> None:
    """Two requests that differ in their strings alone read alike, but for the strings."""
    one = read_request('a sign that says "find pictures of a boat"', 0)
    other = read_request('a sign that says "remove the star"', 0)
    assert one.shown == ("find pictures of a boat",)
    assert other.shown == ("remove the star",)
    assert (one.plain, one.search, one.changes) == (other.plain, other.search, other.changes)


@pytest.mark.parametrize(
    ("text", "attached", "points"),
    [
        ("describe this picture", 1, True),
        ("describe this picture", 0, False),
        ("a red circle", 1, False),
        ("my first photo, please", 2, True),
    ],
)
def test_only_what_is_attached_can_be_pointed_at(text: str, attached: int, points: bool) -> None:
    """ "This picture" points at something where there is one."""
    assert read_request(text, attached).points is points


@pytest.mark.parametrize("text", ["", "   ", "?!", "…"])
def test_a_request_without_words_is_refused(text: str) -> None:
    """There is nothing to read in signs alone."""
    with pytest.raises(InvalidInput, match="no words"):
        read_request(text, 0)


def test_the_longest_string_is_taken_and_one_letter_more_is_refused() -> None:
    """The limit itself is allowed; the message tells the length that was met."""
    text = f'a sign that says "{"y" * MAX_STRING_CHARACTERS}"'
    assert len(read_request(text, 0).shown[0]) == MAX_STRING_CHARACTERS
    with pytest.raises(InvalidInput, match=str(MAX_STRING_CHARACTERS + 1)):
        read_request(text.replace("yy", "yyy", 1), 0)


@pytest.mark.parametrize("text", [f"draw a {noun}" for noun in (*NOUNS, NOUNS[0].upper() + "s")])
async def test_the_readers_own_nouns_cannot_be_written(
    models: ScriptedModelClient, registry: Registry, text: str
) -> None:
    """Who writes the noun that stands for an attached thing means a thing, and has it drawn."""
    assert NOUNS[0] not in read_request(text, 0).masked.lower()
    plan = await EmbeddedPlanner(models, registry).plan(TaskRequest(text=text))
    assert "concept" not in plan.model_dump_json()
