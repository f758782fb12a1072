"""Several frames on one sheet, or several pictures: each cast from its own words."""

from __future__ import annotations

import re
from collections.abc import Sequence as Many
from dataclasses import replace

from maquette.agents.plans.composed.casting import Cast, Role, as_said, cast
from maquette.agents.plans.composed.gallery import Gallery
from maquette.agents.plans.composed.plan import (
    CALL,
    art_notes,
    brief_of,
    composed_loop,
    told,
    wanted_of,
    with_packs,
)
from maquette.agents.plans.wants import criteria
from maquette.agents.reading.request import Reading
from maquette.agents.reading.scene import Mention, read_scene
from maquette.agents.reading.sequences import Sequence
from maquette.agents.reading.wording import PLACEHOLDER
from maquette.records.criterion import Criterion, TextReads
from maquette.records.plan import Plan
from maquette.tools.art.brief import SceneBrief, Words
from maquette.words.lexicon import Lexicon, singular

SEASONS = {
    "spring": ("a tree, three tulips and a butterfly", "meadow"),
    "summer": ("a sun, an umbrella and a sailboat", "beach"),
    "autumn": ("a fallen leaf, a maple leaf and a jack-o-lantern", "meadow"),
    "fall": ("a fallen leaf, a maple leaf and a jack-o-lantern", "meadow"),
    "winter": ("a snowman and an evergreen tree", "snow"),
}
"""The things and the place that show a season of which nothing else was said."""
_PRONOUN = re.compile(r"\b(?:it|he|she|they|him|her|them|both)\b", re.IGNORECASE)


async def several_plan(reading: Reading, sequence: Sequence, gallery: Gallery) -> Plan | None:
    """The plan of a listed request; None: a part of it shows nothing that is there.

    Raises: ModelUnavailable: the embedder does not answer.
    """
    notes: list[str] = []
    readings = [_as_season(one, notes) for one in reading.parts]
    casts = [await cast(one, gallery) for one in readings]
    if sequence.kind == "panels":
        return await _panels(reading, sequence, _one_character(sequence, casts), gallery, notes)
    if not all(one.there or part.shown for one, part in zip(casts, readings, strict=True)):
        return None
    return _set(sequence, readings, casts, notes)


def _set(sequence: Sequence, readings: Many[Reading], casts: Many[Cast], notes: Many[str]) -> Plan:
    """One loop a picture."""
    nodes, briefs = [], []
    for k, (reading, one) in enumerate(zip(readings, casts, strict=True), start=1):
        carrier = one.wish.carrier or singular(sequence.opening.split()[-1])
        brief = brief_of(reading, replace(one, wish=replace(one.wish, carrier=carrier)))
        briefs.append(brief)
        name = f"picture{k}"
        nodes.append(composed_loop(name, brief, wanted_of(reading, one), call=f"{CALL}{k}"))
    credits = [note for brief in briefs for note in art_notes(brief)]
    told_of = [note for one in casts for note in one.notes()]
    return Plan(
        nodes=tuple(nodes),
        outputs=tuple(f"{node.id}.image" for node in nodes),
        summary=f"{len(nodes)} pictures: {'; '.join(map(told, briefs))}"[:400],
        notes=tuple(dict.fromkeys([*told_of, *notes, *credits])),
    )


async def _panels(
    reading: Reading,
    sequence: Sequence,
    casts: Many[Cast],
    gallery: Gallery,
    notes: Many[str],
) -> Plan | None:
    """One sheet with a frame a part, the part's own words below it."""
    captions = [_caption(reading, part) for part in sequence.parts]
    panels = tuple(one.panel(caption=caption) for one, caption in zip(casts, captions, strict=True))
    if not any(panel.things for panel in panels):
        return None
    opening = read_scene(sequence.opening, Lexicon())
    title = [
        reading.labelled.strings[ord(c) - PLACEHOLDER] for c in sequence.opening if _is_mark(c)
    ]
    brief = with_packs(
        SceneBrief(
            design="panels",
            panels=panels,
            words=tuple(Words(text=text, role="headline") for text in title),
            sheet=opening.sheet,
        )
    )
    wanted: list[Criterion] = [
        TextReads(id=f"{kind}{k}", text=text)
        for kind, texts in (("title", title), ("caption", captions))
        for k, text in enumerate(texts)
    ]
    wanted += _seen(casts)
    told_of = [note for one in casts for note in one.notes()]
    return Plan(
        nodes=(composed_loop("panels", brief, tuple(wanted)),),
        outputs=("panels.image",),
        summary=f"{len(panels)} panels: {told(brief)}"[:400],
        notes=tuple(dict.fromkeys([*told_of, *notes, *art_notes(brief)])),
    )


def _seen(casts: Many[Cast]) -> tuple[Criterion, ...]:
    """That each thing of the frames is there, in the colour it was first given."""
    first: dict[str, Mention] = {}
    for one in casts:
        for role in one.roles:
            first.setdefault(role.phrase, replace(as_said(role), count=1))
    return criteria((), tuple(first.values()), ())


def _one_character(sequence: Sequence, casts: Many[Cast]) -> list[Cast]:
    """The frames with a thing that comes again as it was first: same picture, same colour. A frame
    that only says "it" shows the thing of the frame before."""
    known: dict[str, Role] = {}
    before: tuple[Role, ...] = ()
    settled = []
    for part, one in zip(sequence.parts, casts, strict=True):
        roles = tuple(_as_before(role, known) for role in one.roles)
        if _PRONOUN.search(part) and before:
            named = {role.phrase for role in roles}
            roles = (*(r for r in before[:1] if r.phrase not in named), *roles)
            one = _shifted(one, len(roles) - len(one.roles))
        known |= {role.phrase: role for role in roles if role.phrase not in known}
        before = roles or before
        settled.append(replace(one, roles=roles))
    return settled


def _as_before(role: Role, known: dict[str, Role]) -> Role:
    first = known.get(role.phrase)
    if first is None or role.mention.colour:
        return role
    return replace(role, mention=replace(role.mention, colour=first.mention.colour))


def _shifted(one: Cast, by: int) -> Cast:
    """The frame with its relations told of things that ``by`` others now stand before."""
    if not by:
        return one
    links = [
        replace(link, subject=_moved(link.subject, by), object=_moved(link.object, by))
        for link in one.wish.links
    ]
    return replace(one, wish=replace(one.wish, links=links))


def _moved(item: tuple, by: int) -> tuple:  # type: ignore[type-arg]
    kind, index = item
    return (kind, index + by) if kind == "thing" else item


def _as_season(part: Reading, notes: list[str]) -> Reading:
    """A part that only names a season, as what shows it."""
    name = part.masked.lower().strip(" .").removeprefix("the ")
    season = SEASONS.get(name)
    if season is None:
        return part
    words, ground = season
    wish = read_scene(words, Lexicon())
    wish.grounds.append(ground)
    notes.append(f"{name} is shown as {words} ({ground})")
    return replace(part, scene=replace(part.scene, wish=wish, said=[]))


def _caption(reading: Reading, part: str) -> str:
    """A part as it is set below its frame: with its strings, a capital first."""
    text = "".join(
        reading.labelled.strings[ord(c) - PLACEHOLDER] if _is_mark(c) else c for c in part
    )
    text = " ".join(text.split())
    return text[:1].upper() + text[1:]


def _is_mark(character: str) -> bool:
    return PLACEHOLDER <= ord(character) < PLACEHOLDER + 0x100
