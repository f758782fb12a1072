"""Panels and sets: a frame or a picture a part, and the same character through all."""

from __future__ import annotations

from hand_labelled import by_hand

from maquette.agents.plans.composed.gallery import Gallery
from maquette.agents.plans.composed.several import several_plan
from maquette.agents.reading.request import Reading
from maquette.records.plan import Loop, Plan
from maquette.tools.art.brief import SceneBrief


async def plan_of(reading: Reading, gallery: Gallery) -> Plan:
    assert reading.sequence is not None
    plan = await several_plan(reading, reading.sequence, gallery)
    assert plan is not None
    return plan


def briefs(plan: Plan) -> list[SceneBrief]:
    loops = [node for node in plan.nodes if isinstance(node, Loop)]
    return [SceneBrief.model_validate(loop.body[0].arguments["brief"]) for loop in loops]


async def test_a_character_stays_the_same(gallery: Gallery) -> None:
    """A cat once said to be purple is purple in every frame, and "it" is the cat."""
    plan = await plan_of(
        by_hand(
            "comic in three panels: a purple cat meets a dog; the cat finds a fish; it eats a cake",
            ("carrier", "comic"),
            ("colour", "purple", (2,)),
            ("thing", "cat"),
            ("thing", "dog"),
            ("thing", "cat"),
            ("thing", "fish"),
            ("ref", "it"),
            ("thing", "cake"),
            kind="sequence",
        ),
        gallery,
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
    gallery: Gallery,
) -> None:
    """Each caption exactly, and each thing once."""
    reading = by_hand(
        "comic strip: a bear sees a bee; the bear runs",
        ("carrier", "comic strip"),
        ("thing", "bear"),
        ("thing", "bee"),
        ("thing", "bear"),
        kind="sequence",
    )
    plan = await plan_of(reading, gallery)
    (loop,) = plan.nodes
    assert isinstance(loop, Loop)
    told = [(one.kind, getattr(one, "text", getattr(one, "thing", ""))) for one in loop.criteria]
    assert ("text_reads", "A bear sees a bee") in told
    assert told.count(("exists", "bear")) == 1
    assert ("exists", "bee") in told


async def test_a_set_is_several_results(gallery: Gallery) -> None:
    """A result a part, each a sticker; strings stay with their part."""
    reading = by_hand(
        'two stickers: a taco that says "YUM"; a pizza that says "HOT"',
        ("count", "two", (1,)),
        ("carrier", "stickers"),
        ("thing", "taco"),
        ("words", '"..."'),
        ("thing", "pizza"),
        ("words", '"..."'),
        kind="sequence",
    )
    plan = await plan_of(reading, gallery)
    assert plan.outputs == ("picture1.image", "picture2.image")
    first, second = briefs(plan)
    assert (first.design, second.design) == ("sticker", "sticker")
    assert [one.text for one in first.words] == ["YUM"]
    assert [one.text for one in second.words] == ["HOT"]


async def test_seasons_are_told_as_what_shows_them(gallery: Gallery) -> None:
    """Bare names of seasons become scenes, and the person is told which."""
    text = "four pictures: spring, summer, autumn, winter"
    carrier = (("count", "four", (1,)), ("carrier", "pictures"))
    plan = await plan_of(by_hand(text, *carrier, kind="sequence"), gallery)
    assert len(plan.outputs) == 4
    *_, winter = briefs(plan)
    assert winter.panels[0].background.kind == "snow"
    assert any(note.startswith("winter is shown as") for note in plan.notes)
