"""Compose the plan of a picture, a poster or a sign from what was read of the request."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from maquette.agents.design.palette import background, sheet_palette, thing_colour
from maquette.agents.design.ranks import ranks
from maquette.agents.design.types import ASPECTS, Tie, Wanted
from maquette.agents.language.colours import canonical, nearest
from maquette.agents.language.lexicon import Lexicon
from maquette.agents.language.scene import Link, Mention, Wish, read_scene
from maquette.agents.language.wording import Wordings
from maquette.agents.layout import arrange
from maquette.agents.plans.wants import criteria, prompt_of, text_zones
from maquette.agents.poster import Sheet, design_poster, design_sign
from maquette.model_servers.schemas.generation import GenerationDescription
from maquette.records.errors import FixInput
from maquette.records.geometry import Box, LayoutItem
from maquette.records.plan import REFERENCE_KEY, Call, Loop, Plan
from maquette.records.task import TaskRequest

CANDIDATES_WITH_TEXT = 2
ROUNDS_WITH_TEXT = 3
MAX_LAYOUT = 16
ENLARGE_TO_PX = 768
FONT = "sans-bold"

_LETTER_COLOUR = re.compile(
    r"\b(?:in|with)\s+(?:big |bold |large |bright |huge )*([a-z]+(?: blue)?)\s+"
    r"(?:letters|lettering|text|type|font|writing|words|capitals)\b|"
    r"(?:text|words|letters|lettering|title)\s+(?:is |are |should be )?in\s+([a-z]+)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Scene:
    """What will be drawn, and what the person should know about it."""

    wish: Wish
    things: tuple[Mention, ...]
    notes: tuple[str, ...]
    asked: frozenset[int]
    """Things whose colour the person named; the others may have any."""

    @property
    def stated(self) -> tuple[Mention, ...]:
        """The things with only what the person said of them: what is to be judged."""
        return tuple(
            mention if k in self.asked else replace(mention, colour=None)
            for k, mention in enumerate(self.things)
        )


def picture_plan(
    request: TaskRequest, wordings: Wordings, lexicon: Lexicon, model: GenerationDescription
) -> Plan:
    """The plan of a request for a picture: poster, plain sign, or picture without words.

    Raises: FixInput: neither words to set nor anything to draw was found.
    """
    seed = request.options.seed
    wish = read_scene(wordings.masked, lexicon)
    scene = _settled(wish, lexicon, seed)
    if wordings.shown and not scene.things and not wish.background:
        return _sign(wordings, seed)
    if not wordings.shown and not scene.things and not lexicon.open:
        raise FixInput(
            "nothing was found in the request that the bundled model can draw",
            hint=f"It knows: {', '.join(lexicon.things)}; colours: {', '.join(lexicon.colours)}.",
        )
    if wordings.shown:
        return _poster(wordings, scene, lexicon, model, seed)
    return _picture(wordings, scene, lexicon, model, seed)


def _settled(wish: Wish, lexicon: Lexicon, seed: int) -> _Scene:
    """Choose what was left open, and put what the model lacks into words it has."""
    notes: list[str] = []
    things: list[Mention] = []
    for mention in wish.things:
        if not lexicon.open:
            if not mention.known:
                notes.append(
                    f"the bundled model does not know {mention.word!r}: it is asked for by name, "
                    "but may not be recognisable"
                )
            elif mention.word != mention.thing:
                notes.append(
                    f"{mention.word!r} is drawn as the nearest known thing: {mention.thing}"
                )
            if mention.extra:
                notes.append(
                    f"the bundled model knows no {' '.join(mention.extra)!r} "
                    f"for {mention.word!r}: left out"
                )
                mention = replace(mention, extra=())
        colour = mention.colour
        if colour and lexicon.colours and colour not in lexicon.colours:
            mention = replace(mention, colour=nearest(colour, lexicon.colours))
            notes.append(f"{colour!r} is drawn as the nearest known colour: {mention.colour}")
        elif colour is None and lexicon.colours:
            mention = replace(mention, colour=thing_colour(mention.thing, lexicon.colours, seed))
        things.append(mention)
    total = 0
    shown: list[Mention] = []
    for mention in things:
        room = MAX_LAYOUT - total
        if mention.count > room:
            notes.append(f"only {room} of {mention.count} {mention.word} fit: {MAX_LAYOUT} in all")
        if room <= 0:
            continue
        shown.append(replace(mention, count=min(room, mention.count)))
        total += shown[-1].count
    asked = frozenset(k for k, mention in enumerate(wish.things) if mention.colour)
    return _Scene(wish, tuple(shown), tuple(notes), asked)


def _sign(wordings: Wordings, seed: int) -> Plan:
    letters = _letter_colour(wordings.masked)
    sheet = design_sign(wordings.shown, sheet_palette(None, letters, seed), font=FONT)
    loop = Loop(
        id="sign",
        body=(_typeset(sheet, art=False),),
        result="sheet.image",
        criteria=criteria(wordings.shown, (), ()),
        candidates=1,
        rounds=ROUNDS_WITH_TEXT,
        reason="the words are set, read back, and set again more clearly until they read exactly",
    )
    return Plan(
        nodes=(loop,), outputs=("sign.image",), summary=f"a sign: {_quoted(wordings.shown)}"
    )


def _poster(
    wordings: Wordings, scene: _Scene, lexicon: Lexicon, model: GenerationDescription, seed: int
) -> Plan:
    zones = text_zones(scene.wish, len(wordings.shown))
    main = scene.things[0].colour if scene.things else None
    palette = sheet_palette(main, _letter_colour(wordings.masked), seed)
    sheet = design_poster(wordings.shown, zones, palette, font=FONT)
    art, notes = _draw(wordings, scene, lexicon, model, sheet, seed)
    loop = Loop(
        id="poster",
        body=(art, _typeset(sheet, art=True)),
        result="sheet.image",
        criteria=criteria(wordings.shown, scene.stated, scene.wish.links),
        candidates=CANDIDATES_WITH_TEXT,
        rounds=ROUNDS_WITH_TEXT,
        reason="drafts are drawn, their words read back, and the setting is changed until "
        "they read exactly",
    )
    return Plan(
        nodes=(loop,),
        outputs=("poster.image",),
        summary=f"a poster: {_quoted(wordings.shown)} with {art.arguments['prompt']}"[:400],
        notes=(*scene.notes, *notes),
    )


def _picture(
    wordings: Wordings, scene: _Scene, lexicon: Lexicon, model: GenerationDescription, seed: int
) -> Plan:
    art, notes = _draw(wordings, scene, lexicon, model, None, seed)
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
    loop = Loop(
        id="picture",
        body=tuple(body),
        result=f"{body[-1].id}.image",
        criteria=criteria((), scene.stated, scene.wish.links),
        candidates=1,
        rounds=1,
    )
    return Plan(
        nodes=(loop,),
        outputs=("picture.image",),
        summary=f"a picture: {art.arguments['prompt']}"[:400],
        notes=(*scene.notes, *notes),
    )


def _draw(
    wordings: Wordings,
    scene: _Scene,
    lexicon: Lexicon,
    model: GenerationDescription,
    sheet: Sheet | None,
    seed: int,
) -> tuple[Call, list[str]]:
    """The drawing call, with boxes for the part of the picture that will be seen."""
    notes: list[str] = []
    colours = [mention.colour for mention in scene.things if mention.colour]
    asked = scene.wish.background
    ground = background(colours, asked, lexicon.backgrounds, seed)
    if asked and ground and asked not in ground:
        notes.append(f"the background is the nearest one the model knows: {ground}")
    arguments: dict[str, Any] = {
        "prompt": prompt_of(wordings, scene.things, scene.wish.links, ground, lexicon)
    }
    if scene.wish.excluded and lexicon.open:
        arguments["negative_prompt"] = ", ".join(scene.wish.excluded)
    if model.layout and scene.things:
        wanted = [_wanted(mention) for mention in scene.things]
        ties = _ties(scene.wish.links, len(scene.things))
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
    return Wanted(
        phrase=" ".join(words),
        count=mention.count,
        aspect=ASPECTS.get(mention.thing, 1.0),
        size=mention.size,
        place=mention.place,
    )


def _ties(links: Sequence[Link], count: int) -> list[Tie]:
    return [
        Tie(link.subject[1], link.relation, link.object[1])
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


def _typeset(sheet: Sheet, *, art: bool) -> Call:
    arguments: dict[str, Any] = {
        "width_px": sheet.width_px,
        "height_px": sheet.height_px,
        "background": sheet.background,
        "blocks": [block.model_dump(mode="json", exclude_defaults=True) for block in sheet.blocks],
    }
    if art and sheet.art_box:
        arguments["art"] = {REFERENCE_KEY: "art.image"}
        arguments["art_box"] = sheet.art_box.model_dump(mode="json")
    return Call(id="sheet", tool="typeset", arguments=arguments)


def _letter_colour(masked: str) -> str | None:
    match = _LETTER_COLOUR.search(masked)
    if match is None:
        return None
    words = (match.group(1) or match.group(2)).lower()
    return canonical(words) or canonical(words.split()[-1])


def _quoted(strings: Sequence[str]) -> str:
    return ", ".join(f'"{text}"' for text in strings)
