"""Art or drawn: the choice of a source for each request (as GILL decides to retrieve or to
generate, Koh et al. 2023, section 3), told with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from maquette.agents.plans.composed.casting import Cast
from maquette.records.task import Source
from maquette.words.lexicon import Lexicon

Chosen = Literal["art", "drawn", "both"]

_MADE: dict[Chosen, str] = {
    "art": "composed of art rather than drawn",
    "drawn": "drawn rather than composed of art",
    "both": "drawn and composed of art",
}


@dataclass(frozen=True)
class Choice:
    """What makes the drafts, and why."""

    chosen: Chosen
    reason: str

    def told(self, cast: Cast) -> str:
        """The choice in words, with how likely the art of the packs is what was meant: as likely
        as the least sure thing."""
        found = [role.found.best for role in cast.roles if not role.ground]
        share = min((one.probability if one else 0.0 for one in found), default=1.0)
        made = _MADE[self.chosen]
        return f"{made}: {self.reason} (art is {share:.0%} likely to be what was meant)"


def choose(asked: Source, cast: Cast, drawn: Lexicon | None) -> Choice:
    """Which source makes the drafts of a request.

    Args:
        asked: what the person said.
        drawn: the words of the generator; None: none answers. An open one is the person's own.
    """
    if asked == "art":
        return Choice("art", "art was asked for")
    if asked == "drawn":
        return Choice("drawn", "a drawing was asked for")
    if drawn is None:
        return Choice("art", "no generator answers")
    if drawn.open:
        return Choice("drawn", "the generator takes any words")
    if not cast.roles:
        return Choice("art", "words alone are set")
    known = [role.mention.word in drawn.things and not role.lost for role in cast.roles]
    there = [role.found.best is not None for role in cast.roles]
    if all(known) and all(there):
        return Choice("both", "the generator and the art packs have every thing")
    if any(there) and not all(known):
        names = (role.phrase for role, one in zip(cast.roles, known, strict=True) if not one)
        unknown = list(dict.fromkeys(names))
        return Choice("art", f"the generator does not know {', '.join(map(repr, unknown[:3]))}")
    missing = [role.phrase for role in cast.missing]
    return Choice("drawn", f"no art pack has {', '.join(map(repr, missing[:3]))}")
