"""From a brief to a scene: the sheet is designed, then the things of a panel are set in its room.

Deterministic; variants differ on purpose: another arrangement, another light or shade behind, and
on sheets another design.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from maquette.records.geometry import Box
from maquette.tools.art.brief import Panel, SceneBrief, WantedRelation, colour_code
from maquette.tools.art.contract import Art
from maquette.tools.art.layout.backdrop import backdrop, in_other_light
from maquette.tools.art.layout.blocks import Spot
from maquette.tools.art.layout.candidates import Placement, Wish, chosen, placements
from maquette.tools.art.layout.nature import Nature, nature_of_packs
from maquette.tools.art.layout.stage import stage_of
from maquette.tools.art.layout.ties import consistent
from maquette.tools.art.packs.table import art_of
from maquette.tools.art.painting.families import family_of
from maquette.tools.art.painting.shades import shade
from maquette.tools.art.scene import Background, Frame, PlacedThing, Scene
from maquette.tools.art.scenery.table import zones_of
from maquette.tools.art.sheets.design import SheetDesign, design
from maquette.words.colours import Rgb

Look = Callable[[str], Art]


@dataclass(frozen=True)
class Composition:
    """A scene, and what could not be kept of its brief, as sentences."""

    scene: Scene
    notes: tuple[str, ...] = ()


def compose(brief: SceneBrief, *, variant: int, look: Look = art_of) -> Scene:
    """The scene of a brief; see ``composed`` for what had to be dropped.

    Raises: ValueError: a colour of the brief is none. NotFound: a thing is in no pack.
    """
    return composed(brief, variant=variant, look=look).scene


def composed(
    brief: SceneBrief, *, variant: int, look: Look = art_of, nature: Nature | None = None
) -> Composition:
    """The scene of a brief with notes of each relation that was dropped, and why."""
    sheet = design(brief, variant=variant)
    known = nature or nature_of_packs()
    frames = list(sheet.frames)
    things: list[PlacedThing] = []
    notes: list[str] = []
    for index, panel in enumerate(brief.panels):
        at = sheet.panel_frames[index]
        behind = _background(brief, panel, frames[at].background, look, known, variant)
        frames[at] = frames[at].model_copy(update={"background": behind})
        if panel.things:
            placement, told = _set(panel, sheet, index, frames[at], look, known, variant)
            notes += told
            things += _placed(panel, placement, sheet, at, things)
    scene = Scene(
        width_px=sheet.width_px,
        height_px=sheet.height_px,
        frames=tuple(frames),
        shapes=sheet.shapes,
        things=tuple(things),
        words=sheet.words,
        packs=brief.packs,
        credits=brief.credits,
        design=sheet.name if brief.design != "picture" or brief.words else "",
    )
    return Composition(scene, tuple(notes))


def _background(
    brief: SceneBrief, panel: Panel, now: Background, look: Look, nature: Nature, variant: int
) -> Background:
    """What was asked; on a picture without words and wishes what suits; else the sheet's own."""
    asked = panel.background
    if asked.kind is not None:
        return in_other_light(now, variant)
    if asked.colour is not None or brief.design not in ("picture", "panels") or brief.words:
        return now
    if brief.sheet is not None:
        return Background(kind="plain", colour=colour_code(brief.sheet))
    things = [thing for one in brief.panels for thing in one.things]  # a series is of one place
    groups = [_kind(nature, thing.thing) for thing in things]
    colours = [_colour(look(thing.thing), thing.colour) for thing in things]
    return backdrop(groups, colours, bool(panel.caption), variant)


def _kind(nature: Nature, thing: str) -> str:
    """The packs' word for the kind of a thing; an umbrella is of the weather and not of the sky."""
    group = nature.group(thing)
    return "household" if group == "sky-weather" and nature.rests(thing) != "air" else group


def _colour(art: Art, asked: str | None) -> Rgb:
    """The main colour of a thing as it will be shown."""
    from maquette.tools.art.painting.oklch import to_rgb

    if asked:
        return shade(asked)
    family = family_of(art)
    if family is None:
        return (128, 128, 128)
    red, green, blue = to_rgb(family.average)
    return int(red), int(green), int(blue)


def _set(
    panel: Panel, sheet: SheetDesign, index: int, frame: Frame, look: Look, nature: Nature,
    variant: int,
) -> tuple[Placement, list[str]]:  # fmt: skip
    kept, dropped = consistent(panel.relations)
    zones = zones_of(frame.background.kind)
    stage = stage_of(sheet.room[index], frame.box, zones, sheet.width_px, sheet.height_px)
    arts = [look(thing.thing) for thing in panel.things]
    found = placements(Wish(panel.things, arts, kept, stage, nature))
    placement = chosen(found, variant)
    notes = [_said(panel, tie, "it contradicts another wish") for tie in dropped]
    notes += [_said(panel, tie, "there is no room for it") for tie in placement.lost]
    return placement, notes


def _said(panel: Panel, tie: WantedRelation, why: str) -> str:
    subject, other = panel.things[tie.subject].phrase, panel.things[tie.object].phrase
    return f"that the {subject} is {tie.relation} the {other} was left out: {why}"


def _placed(
    panel: Panel, placement: Placement, sheet: SheetDesign, frame: int,
    before: Sequence[PlacedThing],
) -> list[PlacedThing]:  # fmt: skip
    """The spots as things of the scene: layers by depth, then by how low the feet are."""
    taken = {thing.id for thing in before}
    order = sorted(placement.spots, key=lambda spot: (spot.depth, spot.rect[3]))
    layers = {(spot.thing, spot.copy): layer for layer, spot in enumerate(order)}
    found = []
    for spot in sorted(placement.spots, key=lambda spot: (spot.thing, spot.copy)):
        wanted = panel.things[spot.thing]
        found.append(
            PlacedThing(
                id=free_name(wanted.phrase, taken),
                thing=wanted.thing,
                phrase=wanted.phrase,
                probability=wanted.probability,
                box=_box(spot, sheet),
                frame=frame,
                layer=layers[spot.thing, spot.copy],
                flip=wanted.flip,
                colour=wanted.colour,
                pattern=wanted.pattern,
            )
        )
    return found


def free_name(phrase: str, taken: set[str]) -> str:
    """A name for a thing that no other has, which is taken from now on: cat_1, cat_2 ..."""
    stem = re.sub(r"[^a-z0-9]+", "_", phrase.lower()).strip("_")[:40]
    stem = stem if stem[:1].isalpha() else f"thing_{stem}".rstrip("_")
    number = 1
    while f"{stem}_{number}" in taken:
        number += 1
    taken.add(f"{stem}_{number}")
    return f"{stem}_{number}"


def _box(spot: Spot, sheet: SheetDesign) -> Box:
    """In fractions of the sheet, to five digits: the same on every machine."""
    x0, y0, x1, y1 = spot.rect
    width, height = sheet.width_px, sheet.height_px
    values = (x0 / width, y0 / height, x1 / width, y1 / height)
    a, b, c, d = (round(min(1.0, max(0.0, value)), 5) for value in values)
    return Box(x0=a, y0=b, x1=c, y1=d)
