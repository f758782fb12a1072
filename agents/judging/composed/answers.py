"""Answer a person's criteria from what is seen of each thing of a composed picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from maquette.agents.judging.composed.calling import fits, word_for
from maquette.agents.judging.composed.looking import Seen, View, main_part
from maquette.agents.judging.composed.measuring import Hue, families
from maquette.agents.judging.composed.nouns import Meant, meant, split
from maquette.agents.judging.composed.sources import Sources
from maquette.records.criterion import Colour, Count, Criterion, Exists
from maquette.records.geometry import Box


@dataclass(frozen=True)
class Answer:
    """What is found about a criterion."""

    holds: bool | None
    """None: that cannot be told."""
    reason: str
    boxes: tuple[Box, ...] = ()
    seen: str | None = None
    """What is there, in a word or two."""
    partly: float = 0.0
    """Of what does not hold: how much of it does, 0 to 1."""


@dataclass(frozen=True)
class Group:
    """The things that a noun means, by what the picture shows of them."""

    meant: Meant
    there: tuple[Seen, ...] = ()
    unsure: tuple[Seen, ...] = ()
    gone: tuple[Seen, ...] = ()
    why: str = ""
    """Why something is unsure."""

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Of those that are there, else of the others."""
        some = self.there or self.unsure or self.gone
        return tuple(box for one in some if (box := one.box) is not None)


@dataclass
class Answers:
    """All that is asked of one picture."""

    view: View
    sources: Sources
    criteria: Sequence[Criterion]
    mentions: Counter[str] = field(init=False)
    """How often each noun is asked for as a thing of its own, its colour left out."""
    _measured: dict[str, tuple[Hue, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        asked = (one for one in self.criteria if isinstance(one, Exists | Count))
        self.mentions = Counter(split(" ".join(one.thing.lower().split()))[1] for one in asked)

    def exists(self, criterion: Exists) -> Answer:
        """Whether at least one is there."""
        group = self.group(criterion.thing)
        if group.there:
            reason = f"{criterion.thing}: {group.there[0].told}"
            return self._nothing_else(Answer(True, reason, group.boxes))
        if group.unsure:
            return Answer(None, group.why, group.boxes)
        return Answer(False, _absent(criterion.thing, group), group.boxes)

    def count(self, criterion: Count) -> Answer:
        """Whether exactly so many are there: in all, or in each frame that shows any."""
        group, wanted = self.group(criterion.thing), criterion.count
        least, most = len(group.there), len(group.there) + len(group.unsure)
        told = f"{least} x {criterion.thing}" + (f" to {most}" if most > least else "")
        frames = Counter(one.thing.frame for one in group.there)
        each = len(frames) > 1 and set(frames.values()) == {wanted}
        partly = min(least, wanted) / max(least, wanted, 1)
        if not (least <= wanted <= most or each):
            reason = f"{told} instead of {wanted}; {_absent(criterion.thing, group)}"
            return Answer(False, reason, group.boxes, str(least), partly)
        if self.view.strange:
            return Answer(False, f"{told}, and {_MORE}", self.view.strange, str(least), 0.5)
        if most > least and not each:
            return Answer(None, f"{told}: {group.why}", group.boxes)
        if not least and not wanted:
            return Answer(True, f"no {criterion.thing} is seen", seen=told)
        where = " in each frame" if each and least != wanted else ""
        return Answer(True, f"{told}{where}, all seen as they should look", group.boxes, told)

    def colour(self, criterion: Colour) -> Answer:
        """Whether they have the colour: all of them, unless several mentions share the noun; then
        as many as that colour is asked for."""
        group = self.group(criterion.thing)
        shown = [one for one in (*group.there, *group.gone) if one.visible.any()]
        if group.unsure and not shown:
            return Answer(None, group.why, group.boxes)
        if not shown:
            return Answer(False, _absent(criterion.thing, group))
        found = [self._passes(self.has(one, criterion.colour), one in group.there) for one in shown]
        words = ", ".join(dict.fromkeys(self.word(one) for one in shown))
        boxes = tuple(box for one in shown if (box := one.box) is not None)
        enough = self._so_many(criterion, len(shown))
        right, wrong = found.count(True), found.count(False)
        partly = right / max(1, len(found)) * 0.9
        reason = f"measured {words} where {criterion.colour} was asked for"
        if right >= enough:
            return Answer(True, f"measured {criterion.colour}", boxes, words)
        if len(shown) - wrong + len(group.unsure) < enough:
            return Answer(False, reason, boxes, words, partly)
        return Answer(None, f"{reason}: between two colours", boxes, words)

    def group(self, phrase: str) -> Group:
        """The things that a noun means, by what is seen of them; with a colour before the noun,
        those of that colour."""
        found = meant(phrase, self.view.things_placed, self.sources)
        sure = [self.view.things[k] for k in found.sure]
        unsure = [self.view.things[k] for k in found.doubtful]
        why = found.why
        if found.colour is not None:
            fitting = [(one, self.has(one, found.colour)) for one in sure]
            sure = [one for one, holds in fitting if holds]
            unclear = [one for one, holds in fitting if holds is None]
            if unclear:
                unsure, why = [*unsure, *unclear], f"not surely {found.colour}"
        there = tuple(one for one in sure if one.there)
        gone = tuple(one for one in sure if one.there is False)
        half = [one for one in sure if one.there is None]
        if half:
            why = f"{phrase}: {half[0].told}"
        return Group(found, there, (*unsure, *half), gone, why)

    def has(self, seen: Seen, colour: str) -> bool | None:
        """Whether a thing has a colour, by the pixels of its main part."""
        return fits(self._colours(seen), colour)

    @staticmethod
    def _passes(holds: bool | None, there: bool) -> bool | None:
        """What is not surely the thing may have a wrong colour, and never a right one."""
        return holds if there or holds is False else None

    def word(self, seen: Seen) -> str:
        """The colour word for a thing's main part."""
        found = self._colours(seen)
        return word_for(found[0]) if found else "nothing"

    def _colours(self, seen: Seen) -> tuple[Hue, ...]:
        """The families of colours of a thing's main part, measured in the picture, once."""
        known = self._measured.get(seen.thing.id)
        if known is None:
            part = main_part(self.view, seen, self.sources)
            known = self._measured[seen.thing.id] = families(self.view.picture, part)
        return known

    def _so_many(self, criterion: Colour, shown: int) -> int:
        """How many must have the colour."""
        noun = split(" ".join(criterion.thing.lower().split()))[1]
        if self.mentions[noun] < 2:
            return shown
        own = f"{criterion.colour} {noun}".lower()
        counts = [c.count for c in self.criteria if isinstance(c, Count) and c.thing.lower() == own]
        return max(counts, default=1)

    def _nothing_else(self, answer: Answer) -> Answer:
        """Unsure where the picture shows what its document does not explain."""
        if not self.view.strange:
            return answer
        return Answer(None, f"{answer.reason}, but {_MORE}", self.view.strange)


_MORE = "the picture shows something that its document does not hold"


def _absent(phrase: str, group: Group) -> str:
    """Why a thing is not there."""
    if group.gone:
        return f"{group.meant.noun}: {group.gone[0].told}"
    return f"nothing in the picture is surely a {phrase}"
