"""Panels and sets: a frame or a picture a part, and the same character through all."""

from __future__ import annotations

from words_read import read_all, read_request

from maquette.agents.plans.composed.casting import cast
from maquette.agents.plans.composed.gallery import Gallery
from maquette.agents.plans.composed.plan import brief_of
from maquette.agents.plans.composed.several import several_plan
from maquette.records.plan import Loop, Plan
from maquette.tools.art.brief import SceneBrief
from maquette.words.lexicon import Lexicon


async def plan_of(words: str, gallery: Gallery, drawn: Lexicon) -> Plan:
    reading = read_request(words, 0)
    assert reading.sequence is not None
    plan = await several_plan(reading, reading.sequence, gallery)
    assert plan is not None
    return plan


def briefs(plan: Plan) -> list[SceneBrief]:
    loops = [node for node in plan.nodes if isinstance(node, Loop)]
    return [SceneBrief.model_validate(loop.body[0].arguments["brief"]) for loop in loops]


async def test_a_character_stays_the_same(gallery: Gallery, drawn: Lexicon) -> None:
    """A cat once said to be purple is purple in every frame, and "it" is the cat."""
    plan = await plan_of(
        "comic in three panels: a purple cat meets a dog; the cat finds a fish; it eats a cake",
        gallery,
        drawn,
    )
    (brief,) = briefs(plan)
    assert brief.design == "panels"
    seen = [{(one.phrase, one.colour) for one in panel.things} for panel in brief.panels]
    assert all(("cat", "purple") in panel for panel in seen)
    assert [panel.caption for panel in brief.panels] == [
        "A purple cat meets a dog",
        "The cat finds a fish",
        "It eats a cake",
    ]


async def test_what_a_frame_shows_is_checked_and_its_caption_is_read(
    gallery: Gallery, drawn: Lexicon
) -> None:
    """Each caption exactly, and each thing once."""
    plan = await plan_of("comic strip: a bear sees a bee; the bear runs", gallery, drawn)
    (loop,) = plan.nodes
    assert isinstance(loop, Loop)
    told = [(one.kind, getattr(one, "text", getattr(one, "thing", ""))) for one in loop.criteria]
    assert ("text_reads", "A bear sees a bee") in told
    assert told.count(("exists", "bear")) == 1
    assert ("exists", "bee") in told


async def test_a_set_is_several_results(gallery: Gallery, drawn: Lexicon) -> None:
    """An item a part, each a sticker; strings stay with their part."""
    read = read_all('two stickers: a taco that says "YUM"; a pizza that says "HOT"')
    made = [brief_of(one, await cast(one, gallery)) for one in read.items]
    assert [brief.design for brief in made] == ["sticker", "sticker"]
    assert [[one.text for one in brief.words] for brief in made] == [["YUM"], ["HOT"]]


async def test_seasons_are_told_as_what_shows_them(gallery: Gallery, drawn: Lexicon) -> None:
    """Bare names of seasons become scenes, and the person is told which."""
    plan = await plan_of("four pictures: spring, summer, autumn and winter", gallery, drawn)
    assert len(plan.outputs) == 4
    *_, winter = briefs(plan)
    assert winter.panels[0].background.kind == "snow"
    assert any(note.startswith("winter is shown as") for note in plan.notes)
