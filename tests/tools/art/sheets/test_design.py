"""Sheets: all words stand in their places, can be read, and leave the things their room."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.model_servers.schemas.text_rendering import TextBlock
from maquette.records.geometry import Box
from maquette.tools.art.brief import Panel, SceneBrief, WantedBackground, WantedThing, Words
from maquette.tools.art.scene import Scene
from maquette.tools.art.sheets.design import LAYOUTS, WITH_THINGS, WORDS_ONLY, SheetDesign, design
from maquette.tools.art.sheets.palettes import READABLE
from maquette.words.colours import WORDS, contrast, from_hex

DESIGNS = tuple(WITH_THINGS)
STRINGS = (
    "OPEN",
    "Happy 40th, Jürgen!",
    "Winter Fair",
    "12 July, 3 pm",
    "Town Hall",
    "call 555-0199",
    "Tickets $12",
    "Come to our annual neighbourhood summer picnic with games and live music",
    "生日快乐",
    "عيد مبارك",
    "Free 🍋 lemonade",
    "RSVP by 1 May",
)
PLACES = ["top", "bottom", "left", "right", "centre", "bottom left"]
CAT = WantedThing(phrase="cat", thing="noto:1f408")
variants = st.integers(0, 8)
colours = st.none() | st.sampled_from(sorted(WORDS))


@st.composite
def panels(draw: st.DrawFn, captioned: bool) -> Panel:
    cat = CAT.model_copy(update={"colour": draw(colours)})
    kind = draw(st.none() | st.sampled_from(["meadow", "night sky", "sea"]))
    return Panel(
        things=(cat,) * draw(st.integers(0, 2)),
        background=WantedBackground(kind=kind),  # type: ignore[arg-type]
        caption=draw(st.none() | st.sampled_from(STRINGS)) if captioned else None,
    )


@st.composite
def briefs(draw: st.DrawFn) -> SceneBrief:
    count = draw(st.integers(1, 6)) if draw(st.booleans()) else 1
    placed = draw(st.integers(0, 5)) == 0
    return SceneBrief(
        design=draw(st.sampled_from(DESIGNS)),
        panels=tuple(draw(panels(count > 1)) for _ in range(count)),
        words=tuple(
            Words(text=text, place=draw(st.none() | st.sampled_from(PLACES)) if placed else None)
            for text in draw(st.lists(st.sampled_from(STRINGS), max_size=6))
        ),
        sheet=draw(colours),
        letters=draw(colours),
        width_px=draw(st.none() | st.integers(300, 2000)),
        height_px=draw(st.none() | st.integers(300, 2000)),
    )


def over(a: Box, b: Box) -> bool:
    """Whether two boxes share more than a seam."""
    x = min(a.x1, b.x1) - max(a.x0, b.x0)
    return x > 1e-4 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1e-4


def within(inner: Box, outer: Box) -> bool:
    slack = 1e-6
    left, top = inner.x0 >= outer.x0 - slack, inner.y0 >= outer.y0 - slack
    return left and top and inner.x1 <= outer.x1 + slack and inner.y1 <= outer.y1 + slack


def grounds(sheet: SheetDesign, block: TextBlock) -> list[str | None]:
    """Every colour that may lie behind a block; None stands for a landscape."""
    if block.panel:
        return [block.panel]
    seen: list[str | None] = []
    for frame in sheet.frames:
        if over(frame.box, block.box):
            colour = frame.background.colour if frame.background.kind == "plain" else None
            seen = [colour] if within(block.box, frame.box) else [*seen, colour]
    for shape in sheet.shapes:
        if shape.fill and over(shape.box, block.box):
            whole = within(block.box, shape.box)
            seen = [shape.fill] if whole else [*seen, shape.fill]
    return seen


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(brief=briefs(), variant=variants)
def test_letters_are_read_on_whatever_lies_behind(brief: SceneBrief, variant: int) -> None:
    """Contrast of at least 4.5 (WCAG, AA) with every colour behind each block, whatever is asked;
    on a landscape there is always a plate."""
    sheet = design(brief, variant=variant)
    for block in sheet.words:
        for ground in grounds(sheet, block):
            assert ground is not None, (sheet.name, block.text)
            assert contrast(from_hex(block.colour), from_hex(ground)) >= READABLE, sheet.name


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(brief=briefs(), variant=variants)
def test_words_and_things_do_not_meet(brief: SceneBrief, variant: int) -> None:
    """No block overlaps another, and none without a plate reaches into the things' room."""
    sheet = design(brief, variant=variant)
    for a, b in combinations(sheet.words, 2):
        assert not over(a.box, b.box), (sheet.name, a.text, b.text)
    for room, panel in zip(sheet.room, brief.panels, strict=True):
        for block in sheet.words if panel.things else ():
            assert block.panel or not over(room, block.box), (sheet.name, block.text)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(brief=briefs(), variant=variants)
def test_nothing_is_lost_and_a_scene_can_be_made_of_it(brief: SceneBrief, variant: int) -> None:
    """Every string stands once, in its order, captions after the words; each panel has a frame
    that holds its room; the sizes that were asked are kept; the scene document takes it all."""
    sheet = design(brief, variant=variant)
    captions = [panel.caption for panel in brief.panels if panel.caption]
    assert [b.text for b in sheet.words] == [w.text for w in brief.words] + captions
    assert len(sheet.panel_frames) == len(sheet.room) == len(brief.panels)
    for index, room in zip(sheet.panel_frames, sheet.room, strict=True):
        assert within(room, sheet.frames[index].box)
    assert brief.width_px in (None, sheet.width_px)
    assert brief.height_px in (None, sheet.height_px)
    Scene(
        width_px=sheet.width_px,
        height_px=sheet.height_px,
        frames=sheet.frames,
        shapes=sheet.shapes,
        words=sheet.words,
        design=sheet.name,
    )
    assert design(brief, variant=variant) == sheet


@settings(max_examples=40, deadline=None)
@given(width=st.integers(64, 4096), height=st.integers(64, 4096), variant=variants)
@pytest.mark.parametrize("kind", DESIGNS)
def test_any_size_has_a_design(kind: str, width: int, height: int, variant: int) -> None:
    """However narrow or flat the sheet."""
    brief = SceneBrief(
        design=kind,  # type: ignore[arg-type]
        panels=(Panel(things=(CAT,), caption="A cat" if kind == "panels" else None),),
        words=(Words(text="Lost cat"), Words(text="call 555-0199")),
        width_px=width,
        height_px=height,
    )
    assert len(design(brief, variant=variant).words) == 2 + (kind == "panels")


@pytest.mark.parametrize("kind", [d for d in DESIGNS if d not in ("picture", "panels")])
@pytest.mark.parametrize("things", [(), (CAT,)])
def test_drafts_differ_on_purpose(kind: str, things: tuple[WantedThing, ...]) -> None:
    """Of three drafts no two share their design, and colours or fonts differ as well."""
    brief = SceneBrief(
        design=kind,  # type: ignore[arg-type]
        panels=(Panel(things=things),),
        words=(Words(text="Winter Fair"), Words(text="12 July, 3 pm")),
    )
    drafts = [design(brief, variant=variant) for variant in range(3)]
    assert len({draft.name for draft in drafts}) == 3
    assert len({draft.words[0].colour + draft.words[0].font for draft in drafts}) == 3


def test_every_design_is_used() -> None:
    """Each suits some kind of sheet, and none is named that is not there."""
    tables = (*WITH_THINGS.values(), *WORDS_ONLY.values())
    assert {name for names in tables for name in names} | {"signs", "placed"} == set(LAYOUTS)


def test_equal_signs_have_letters_of_one_size() -> None:
    """Four signs of different lengths are set alike, each in a cell of its own."""
    texts = ("Kitchen", "Toilets", "Exit", "Office")
    brief = SceneBrief(design="sign", words=tuple(Words(text=text) for text in texts))
    sheet = design(brief, variant=0)
    assert len({block.max_size_px for block in sheet.words}) == 1
    assert len(sheet.shapes) == 4
    for block, shape in zip(sheet.words, sheet.shapes, strict=True):
        assert within(block.box, shape.box)


@pytest.mark.parametrize("count", range(2, 7))
@pytest.mark.parametrize("variant", range(3))
def test_captions_stand_in_their_panels(count: int, variant: int) -> None:
    """In reading order, each inside its frame, and equally large."""
    shown = tuple(Panel(things=(CAT,), caption=f"Step {n}: stir") for n in range(count))
    sheet = design(SceneBrief(design="panels", panels=shown), variant=variant)
    for block, index in zip(sheet.words, sheet.panel_frames, strict=True):
        assert within(block.box, sheet.frames[index].box)
    assert len({block.max_size_px for block in sheet.words}) == 1
    centres = [sheet.frames[index].box.centre for index in sheet.panel_frames]
    assert centres == sorted(centres, key=lambda c: (round(c[1], 3), c[0]))


def test_an_asked_sheet_is_that_colour() -> None:
    """The sheet is painted in it, whatever the design."""
    brief = SceneBrief(design="poster", words=(Words(text="Jazz"),), sheet="navy")
    for variant in range(6):
        assert design(brief, variant=variant).frames[0].background.colour == "#1e2a54"


def test_words_stand_where_they_were_asked() -> None:
    """Top above bottom, left of right."""
    places = ("bottom", "top", "right", "left")
    words = tuple(Words(text=place.upper(), place=place) for place in places)
    brief = SceneBrief(design="poster", words=words, panels=(Panel(things=(CAT,)),))
    bottom, top, right, left = (block.box.centre for block in design(brief, variant=1).words)
    assert top[1] < 0.3 < 0.7 < bottom[1]
    assert left[0] < 0.3 < 0.7 < right[0]


def test_text_from_the_right_is_set_flush_right() -> None:
    """Where Latin words are flush left."""
    for text, align in (("عيد مبارك", "right"), ("Eid", "left")):
        brief = SceneBrief(design="poster", words=(Words(text=text),))
        bold = next(d for d in (design(brief, variant=v) for v in range(5)) if "bold" in d.name)
        assert bold.words[0].align == align


@pytest.mark.parametrize("things", [(), (CAT,)])
def test_confetti_falls_beside_words_and_things(things: tuple[WantedThing, ...]) -> None:
    """There is plenty of it, and none behind letters or in the room."""
    brief = SceneBrief(
        design="card", panels=(Panel(things=things),), words=(Words(text="Happy birthday"),)
    )
    sheet = next(d for d in (design(brief, variant=v) for v in range(7)) if "confetti" in d.name)
    assert len(sheet.shapes) > 15
    kept = (*(block.box for block in sheet.words), *(sheet.room if things else ()))
    assert not any(over(shape.box, box) for shape in sheet.shapes for box in kept)
