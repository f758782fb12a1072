"""Draw: a picture, a poster, or a sign of words alone."""

from __future__ import annotations

import re

from maquette.agents.intents.contract import Asked, Sign
from maquette.agents.plans.compose import picture_plan
from maquette.agents.plans.signs import is_sign, sign_plan
from maquette.agents.reading import scene
from maquette.agents.reading.request import Reading
from maquette.agents.reading.showing import Showing
from maquette.model_servers.schemas.generation import GenerationDescription
from maquette.records.errors import GiveUp, TryAgain
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
        """A sign is planned without a generator; so is what only wants words while none answers."""
        reading, seed = asked.reading, asked.request.options.seed
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
