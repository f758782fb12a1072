"""Compose the plan of a picture or a poster from what was read of the request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from maquette.agents.design.arrange import arrange
from maquette.agents.design.palette import background, sheet_palette
from maquette.agents.design.poster import Sheet, design_poster
from maquette.agents.design.ranks import ranks
from maquette.agents.design.types import ASPECTS, Tie, Wanted
from maquette.agents.plans.parts import attached, quoted
from maquette.agents.plans.settling import Depiction, settle
from maquette.agents.plans.signs import FONT, letter_colour, sign_plan, typeset_call
from maquette.agents.plans.wants import (
    LOST,
    UNSEEN,
    beside,
    criteria,
    of_drawn,
    only_asked,
    prompt_of,
    qualities,
    text_zones,
)
from maquette.agents.reading.request import Reading
from maquette.agents.reading.scene import Link, Mention
from maquette.agents.reading.showing import CALLED, NOUNS, Showing
from maquette.model_servers.schemas.generation import GenerationDescription
from maquette.records.criterion import Asked, Criterion
from maquette.records.errors import FixInput
from maquette.records.geometry import Box, LayoutItem
from maquette.records.plan import REFERENCE_KEY, Call, Loop, Plan
from maquette.records.task import TaskRequest
from maquette.words.lexicon import Lexicon

CONCEPTS = ("concept", "second_concept")
"""Arguments of the draw tool: pictures of things to show again."""
CANDIDATES, ROUNDS = 2, 3
"""Of drafts that something can choose between: words are read, things are looked at."""
ENLARGE_TO_PX = 768


def picture_plan(
    request: TaskRequest,
    reading: Reading,
    lexicon: Lexicon,
    model: GenerationDescription,
    *,
    showing: Showing | None = None,
    judged: bool = False,
    names: bool = False,
    alone: bool = True,
) -> Plan:
    """The plan of a request for a picture: poster, plain sign, or picture without words.

    Args:
        showing: the request with the things of attached pictures in it, if it has any.
        judged: whether the drafts can be looked at and chosen between.
        names: whether a model is there that tells what the things of attached pictures are.
        alone: whether all drafts are drawn; else some are of a source whose contact is judged.
    Raises: FixInput: neither words to set nor anything to draw was found.
    """
    seed = request.options.seed
    scene = settle(reading, lexicon, seed, showing)
    if reading.shown and not scene.things and not scene.wish.background and not scene.landscape:
        return sign_plan(reading, seed)
    if not reading.shown and not scene.things and not scene.landscape and not lexicon.open:
        raise FixInput(
            "nothing was found in the request that the bundled model can draw",
            hint=f"It knows: {', '.join(lexicon.things)}; colours: {', '.join(lexicon.colours)}.",
        )
    if reading.shown:
        plan = _poster(reading, scene, lexicon, model, seed)
    else:
        plan = _picture(reading, scene, lexicon, model, seed, judged=judged)
    plan = _of_drawn(plan) if alone else plan
    return _with_names(plan) if names and not lexicon.open else plan


def _of_drawn(plan: Plan) -> Plan:
    (loop,) = plan.nodes
    assert isinstance(loop, Loop)
    told = loop.model_copy(update={"criteria": of_drawn(loop.criteria)})
    return plan.model_copy(update={"nodes": (told,)})


def _with_names(plan: Plan) -> Plan:
    """The plan with each attached thing looked at first, and drawn by the name it is given."""
    (loop,) = plan.nodes
    assert isinstance(loop, Loop)
    art = loop.body[0]
    shown = [name for name in CONCEPTS if name in art.arguments]
    found = [
        Call(id=f"{name}_seen", tool="name_thing", arguments={"image": art.arguments[name]})
        for name in shown
    ]
    told = {f"{name}_name": {REFERENCE_KEY: f"{name}_seen.text"} for name in shown}
    named = art.model_copy(update={"arguments": {**art.arguments, **told}})
    drawn = loop.model_copy(update={"body": (named, *loop.body[1:])})
    return plan.model_copy(update={"nodes": (*found, drawn)})


def _poster(
    reading: Reading, scene: Depiction, lexicon: Lexicon, model: GenerationDescription, seed: int
) -> Plan:
    zones = text_zones(scene.wish, len(reading.shown))
    main = scene.things[0].colour if scene.things else None
    letters = letter_colour(reading)
    palette = sheet_palette(main, letters, seed, sheet=scene.wish.sheet)
    sheet = design_poster(reading.shown, zones, palette, font=FONT)
    art, notes = _draw(reading, scene, lexicon, model, sheet, seed)
    loop = Loop(
        id="poster",
        body=(art, typeset_call(sheet, art=True)),
        result="sheet.image",
        criteria=_wanted_of(scene, reading.shown),
        candidates=CANDIDATES,
        rounds=ROUNDS,
        reason="drafts are drawn, their words read back, and the setting is changed until "
        "they read exactly",
    )
    return Plan(
        nodes=(loop,),
        outputs=("poster.image",),
        summary=f"a poster: {quoted(reading.shown)} with {art.arguments['prompt']}"[:400],
        notes=(*scene.notes, *notes),
    )


def _picture(
    reading: Reading,
    scene: Depiction,
    lexicon: Lexicon,
    model: GenerationDescription,
    seed: int,
    *,
    judged: bool,
) -> Plan:
    art, notes = _draw(reading, scene, lexicon, model, None, seed)
    factor = max(1, ENLARGE_TO_PX // max(model.width_px, model.height_px))
    body = [art]
    if factor > 1:
        body.append(
            Call(
                id="large",
                tool="enlarge",
                arguments={"image": {REFERENCE_KEY: "art.image"}, "factor": factor},
            )
        )
    wanted = _wanted_of(scene, ())
    chooses = judged and any(not isinstance(one, Asked) for one in wanted)
    loop = Loop(
        id="picture",
        body=tuple(body),
        result=f"{body[-1].id}.image",
        criteria=wanted,
        candidates=CANDIDATES if chooses else 1,
        rounds=ROUNDS if chooses else 1,
        reason="drafts are drawn and looked at; what is missing is asked for again"
        if chooses
        else "",
    )
    return Plan(
        nodes=(loop,),
        outputs=("picture.image",),
        summary=f"a picture: {art.arguments['prompt']}"[:400],
        notes=(*scene.notes, *notes),
    )


def _wanted_of(scene: Depiction, strings: Sequence[str]) -> tuple[Criterion, ...]:
    """What must hold, and what was said and is not drawn."""
    told = criteria(strings, scene.stated, scene.wish.links)
    hoped = [(words, UNSEEN) for one in scene.wish.things for words in qualities(one)]
    hoped += beside(scene.wish, range(len(scene.wish.things)))
    return (*told, *only_asked([*scene.lost, *hoped], LOST))


def _draw(
    reading: Reading,
    scene: Depiction,
    lexicon: Lexicon,
    model: GenerationDescription,
    sheet: Sheet | None,
    seed: int,
) -> tuple[Call, list[str]]:
    """The drawing call, with boxes for the things in the part of the picture that will be seen.

    Words to be seen have no box: they are set on the sheet, never drawn.
    """
    notes: list[str] = []
    colours = [mention.colour for mention in scene.things if mention.colour]
    asked = scene.wish.background
    if scene.wish.sheet not in colours:  # on its own colour a thing would not be seen
        asked = asked or scene.wish.sheet
    ground = background(colours, asked, lexicon.backgrounds, seed)
    if asked and ground and asked not in ground:
        notes.append(f"the background is the nearest one the model knows: {ground}")
    links = scene.wish.links
    arguments: dict[str, Any] = {
        "prompt": prompt_of(reading.wordings, scene.things, links, ground, lexicon, scene.landscape)
    }
    for name, noun, k in zip(CONCEPTS, NOUNS, range(2), strict=True):
        if any(mention.thing == noun for mention in scene.things):
            arguments[name] = attached(k)
    if scene.wish.excluded and lexicon.open:
        arguments["negative_prompt"] = ", ".join(scene.wish.excluded)
    if model.layout and scene.things:
        wanted = [_wanted(mention) for mention in scene.things]
        ties = _ties(links, len(scene.things))
        arrangement = arrange(
            wanted,
            ties,
            area=sheet.window if sheet else (0.0, 0.0, 1.0, 1.0),
            seed=seed,
        )
        for tie in arrangement.dropped:
            notes.append(
                f"{wanted[tie.subject].phrase!r} {tie.relation} {wanted[tie.object].phrase!r} "
                "contradicts the rest of the request and was left out"
            )
        arguments["layout"] = [
            LayoutItem(box=box, phrase=item.phrase).model_dump(mode="json")
            for item, boxes in _back_to_front(wanted, arrangement.boxes, ties)
            for box in boxes
        ]
    return Call(id="art", tool="draw", arguments=arguments), notes


def _wanted(mention: Mention) -> Wanted:
    words = [*mention.extra, *([mention.colour] if mention.colour else []), mention.thing]
    phrase = CALLED[NOUNS.index(mention.thing)] if mention.thing in NOUNS else " ".join(words)
    return Wanted(
        phrase=phrase,
        count=mention.count,
        aspect=ASPECTS.get(mention.thing, 1.0),
        size=mention.size,
        place=mention.place,
    )


def _ties(links: Sequence[Link], count: int) -> list[Tie]:
    """The relations of things; a layout for drawing knows no contact."""
    return [
        Tie(link.subject[1], "above" if link.relation == "on" else link.relation, link.object[1])
        for link in links
        if link.subject[0] == link.object[0] == "thing"
        and max(link.subject[1], link.object[1]) < count
    ]


def _back_to_front(
    wanted: Sequence[Wanted], boxes: Sequence[tuple[Box, ...]], ties: Sequence[Tie]
) -> list[tuple[Wanted, tuple[Box, ...]]]:
    """Things with their boxes, those that lie inside or in front of others after them."""
    behind = [(t.object, t.subject) for t in ties if t.relation in ("inside", "in front of")]
    order = ranks(len(wanted), behind)
    return [(wanted[k], boxes[k]) for k in sorted(range(len(wanted)), key=lambda k: order[k])]
