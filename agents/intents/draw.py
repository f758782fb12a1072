"""Draw: a picture, a poster, or a sign of words alone."""

from __future__ import annotations

import re

from maquette.agents.intents.contract import Asked, Sign
from maquette.agents.plans.compose import picture_plan
from maquette.agents.plans.composed.casting import cast
from maquette.agents.plans.composed.plan import composed_plan
from maquette.agents.plans.composed.plan import with_art as add_art
from maquette.agents.plans.composed.several import several_plan
from maquette.agents.plans.composed.source import choose
from maquette.agents.plans.signs import is_sign, sign_plan
from maquette.agents.reading import scene
from maquette.agents.reading.request import Reading
from maquette.agents.reading.showing import Showing
from maquette.model_servers.schemas.generation import GenerationDescription
from maquette.records.errors import FixInput, GiveUp, TryAgain
from maquette.records.plan import Plan
from maquette.words.lexicon import Lexicon

_NAMES = re.compile(
    r"^\W*(?:please\s+)?(?:draw|paint|sketch|illustrate|an?|the|two|three|four|five|six|several)\s+"
    r"(?!(?:joke|poem|song|story|recipe|summary|list|video|sound|tune|film|movie|translation)\b)",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"^\W*(?:please\s+|can you\s+|could you\s+)*(?:what|who|whom|whose|why|when|where|how|which|is|"
    r"are|does|do|did|explain|translate|tell|count|describe|summari[sz]e|compare|answer|read|sing|"
    r"write (?:me |us )?(?:an? |the )?(?:short |long |little )?(?:poem|story|essay|letter|song|"
    r"email|program|script|function|article))\b",
    re.IGNORECASE,
)


class Draw:
    """Draw what is asked for, with the strings that are to be seen set over it."""

    name = "draw"
    offer = "draw pictures, posters and signs with exact words"
    examples = (
        "draw a picture of a house and a tree",
        "a red circle above a blue square",
        "make a poster that says some words with a drawing below",
        "a sign with words on it",
        "three yellow stars over a boat",
        "create an illustration of a sunny day",
        "I need a birthday card with a heart",
        "paint a cat next to a dog",
        "show me what a lighthouse looks like",
        "design a logo with a moon",
        "a photo of a mountain lake at night",
        "generate an image of two fish",
    )
    unlikely_alone = 0.0
    signs = (
        Sign(50, lambda reading: not reading.attached and bool(_NAMES.match(reading.plain))),
        Sign(160, lambda reading: bool(reading.shown) and not reading.points),
    )

    async def plan(self, asked: Asked) -> Plan:
        """Composed of art, drawn, or both, as ``plans/composed/source.py`` chooses. A sign is
        planned without a generator; so is what only wants words while none answers."""
        reading, seed = asked.reading, asked.request.options.seed
        planned = await with_art(asked)
        if planned is not None:
            return planned
        if is_sign(reading, surely=True):
            return sign_plan(reading, seed)
        try:
            model = await asked.served.generator()
        except (TryAgain, GiveUp):
            if not is_sign(reading):
                raise
            note = "no generator answers, so the words alone are set"
            return sign_plan(reading, seed, notes=(note,))
        return await drawn(asked, model)


async def with_art(asked: Asked) -> Plan | None:
    """The plan that art has a part in; None: it is drawn alone.

    Raises: FixInput: art was asked for and cannot be had; no source has what is asked for.
    """
    source = asked.request.options.source
    if asked.gallery is None:
        if source == "art":
            raise FixInput("no art pack is installed here", hint="pip install 'maquette[art]'")
        return None
    if source == "drawn":
        return None
    model = await asked.served.generator_if_any()
    lexicon = Lexicon.of(model.vocabulary) if model else None
    if source == "auto" and lexicon is not None and lexicon.open:
        return None
    if asked.reading.sequence is not None:
        sequence, known = asked.reading.sequence, lexicon or Lexicon()
        planned = await several_plan(asked.reading, sequence, asked.gallery, known)
        if planned is not None:
            return planned
    parts = await cast(asked.reading, asked.gallery, lexicon or Lexicon())
    choice = choose(source, parts, lexicon)
    if choice.chosen == "both" and model is not None:
        return add_art(await drawn(asked, model), asked.reading, parts)
    has = lexicon is not None and any(lexicon.thing(one.word) for one in parts.wish.things)
    if choice.chosen == "drawn" and parts.missing and not has:
        raise asked.refused("; ".join(parts.notes()))
    if choice.chosen == "drawn":
        return None
    if not (parts.there or asked.reading.shown or parts.background.kind):
        raise asked.refused("; ".join(parts.notes()) or "nothing was found in it to show")
    return composed_plan(asked.reading, parts, notes=(choice.reason,))


async def drawn(asked: Asked, model: GenerationDescription, showing: Showing | None = None) -> Plan:
    """The picture or poster, by this generator; with the things of attached pictures in it."""
    shown = asked.reading.shown
    sees = (showing is not None or not shown) and await asked.served.sees()
    return picture_plan(
        asked.request,
        asked.reading,
        Lexicon.of(model.vocabulary),
        model,
        showing=showing,
        judged=sees and not shown,
        names=sees,
    )


def names_known_thing(reading: Reading, lexicon: Lexicon) -> bool:
    """Whether a request that is no question names a thing that the generator knows."""
    return not _ASKS.match(reading.plain) and scene.names_known_thing(reading.masked, lexicon)
