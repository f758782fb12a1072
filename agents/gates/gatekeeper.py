"""The gates before a new picture: is the text worth one, and does the library have it already?

They advise. What a person asked for outright ("draw", "make", "new") is done, whatever they think;
then a note says what they thought.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from maquette.agents.gates.choice import Choice, retrieve_or_make
from maquette.agents.gates.visualness import Embed, VisualGate, Visualness
from maquette.agents.gates.words import IsThing
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import MaquetteError
from maquette.records.plan import Plan, calls_of
from maquette.records.planning.carried_plan import plan_in
from maquette.records.task import TaskRequest

MAKES = frozenset({"draw", "compose"})
"""Tools that make a picture of words."""
UNSEEN = 0.25
"""Below this probability a text that asks for nothing is answered, not drawn. Low, since a picture
too many costs seconds and a refusal costs a turn."""
FITS = 0.8
"""From this probability on a picture of the library is offered before a new one is made."""
MOST_HITS = 10
MOST_NOTE = 300
_ASKED = re.compile(
    r"\b(?:draw|paint|sketch|make|create|generate|design|render|illustrate|compose|imagine|show me|"
    r"new|another|afresh|picture|image|drawing|illustration|photo|poster|card|sign|logo|icon|sticker|"
    r"zeichne\w*|male?|mal|erstell\w*|mach\w*|neue?\w*|bild\w*|plakat|karte|"
    r"dibuj\w*|pint\w*|crea\w*|haz|nuev\w*|imagen|cartel|tarjeta)\b|画|绘|生成|新|图",
    re.IGNORECASE,
)


class Stored(Protocol):
    """A picture that the library found."""

    @property
    def text(self) -> str:
        """The words it was made from."""
        ...

    @property
    def score(self) -> float:
        """How likely it is what was asked for, 0 to 1."""
        ...

    @property
    def picture(self) -> ArtifactRef:
        """The picture."""
        ...


Search = Callable[[str, str], Awaitable[Sequence[Stored]]]
"""The pictures of the library for some words and an owner, best first. Raises: MaquetteError."""


@dataclass(frozen=True)
class Offer:
    """The library's best picture for a request, and how well it fits."""

    choice: Choice
    stored: Stored | None


def asked_outright(text: str) -> bool:
    """Whether words ask for a picture to be made, in English, German, Spanish or Chinese."""
    return bool(_ASKED.search(text))


class Gates:
    """What the gates think of requests. A model that is away has no opinion. (Whether a picture is
    composed of art or drawn is the planner's own choice, see ``plans/composed/source.py``.)"""

    def __init__(self, embed: Embed, is_thing: IsThing, search: Search | None = None) -> None:
        """
        Args:
            embed: gives unit vectors of sentences.
            is_thing: knows nouns that can be drawn.
            search: asks the library; None: there is none.
        """
        self._visual = VisualGate(embed, is_thing)
        self._search = search

    async def worth(self, text: str) -> Visualness | None:
        """Whether a text is worth a picture; None: the encoder does not answer."""
        try:
            return await self._visual.is_visual(text)
        except MaquetteError:
            return None

    async def there(self, text: str, *, owner: str) -> Offer | None:
        """Whether the library has it already; None: the library does not answer."""
        if self._search is None:
            return None
        try:
            found = await self._search(text, owner)
        except MaquetteError:
            return None
        hits = list(found)[:MOST_HITS]
        choice = retrieve_or_make(text, hits)
        return Offer(choice, None if choice.best is None else hits[choice.best])

    async def notes(
        self, request: TaskRequest, plan: Plan, *, owner: str, every: bool
    ) -> tuple[str, ...]:
        """What the gates think of a plan, in sentences; nothing of one that was given as a plan, or
        that makes no picture of words.

        Args:
            every: also where they agree with the plan.
        """
        if request.inputs or plan_in(request.text) is not None or not _makes(plan):
            return ()
        told = [
            *_worth(await self.worth(request.text), every),
            *_there(await self.there(request.text, owner=owner), every),
        ]
        return tuple(one[:MOST_NOTE] for one in told)


def _makes(plan: Plan) -> bool:
    return any(call.tool in MAKES for node in plan.nodes for call in calls_of(node))


def _worth(found: Visualness | None, every: bool) -> Iterator[str]:
    if found is None:
        return
    why = "; ".join(found.reasons[:2])
    if found.probability < 0.5:
        yield (
            f"perhaps not worth a picture ({found.probability:.0%} likely that it is): {why}; "
            "it is made, since it was asked for"
        )
    elif every:
        yield f"worth a picture ({found.probability:.0%}): {why}"


def _there(offer: Offer | None, every: bool) -> Iterator[str]:
    if offer is None:
        return
    choice, stored = offer.choice, offer.stored
    why = "; ".join(choice.reasons[-2:])
    if choice.choice == "retrieve" and stored is not None:
        yield (
            f"the library has one that fits ({choice.probability:.0%}): "
            f"{stored.picture.sha256[:12]}; {why}; a new one is made: to have that, begin with find"
        )
    elif every:
        yield f"a new picture, none of the library ({choice.probability:.0%} likely to fit): {why}"
