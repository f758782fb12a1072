"""Changes of a picture in the words that a generator was taught."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from maquette.agents.design.palette import thing_colour
from maquette.agents.reading.changes import Change, ChangeKind
from maquette.agents.reading.places import nearest_landscape
from maquette.agents.reading.tokens import RELATIONS
from maquette.records.errors import FixInput
from maquette.words.colours import base, canonical, nearest
from maquette.words.lexicon import PATTERNS, Lexicon
from maquette.words.stopwords import DETERMINERS, NUMBERS

KNOWN = (
    "It can recolour, replace, remove, add or move a thing, give it a pattern, or change the "
    'background: "make the red circle green", "remove the star", "replace the sun with a moon".'
)
SIDES = ("left of", "right of", "above", "below")
_MOVES = ("to the left", "to the right", "to the top", "to the bottom")


@dataclass
class TaughtWords:
    """Puts changes into the words a model was taught, and notes what that loses."""

    lexicon: Lexicon
    seed: int
    finds: bool = False
    """Whether things are found and drawn anew one by one."""
    notes: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    """Words of the request that no drawing will surely hold."""
    unknown: list[str] = field(default_factory=list)
    """Things that are only looked for by their names."""

    def settled(self, change: Change) -> Change:
        """The change as the model knows it. Raises: FixInput: it cannot know it."""
        if self.lexicon.open:
            return change
        match change.kind:
            case ChangeKind.BLUR | ChangeKind.REWORD:
                raise _untaught(change, "to do so")
            case ChangeKind.RESIZE if not self.finds:
                raise _untaught(change, "to make things larger or smaller")
            case ChangeKind.MOVE if change.new not in _MOVES:
                raise _untaught(change, "to move things anywhere but left, right, top or bottom")
            case ChangeKind.BACKGROUND:
                return replace(change, new=self._ground(change))
            case ChangeKind.ADD:
                new = self._thing(change, change.new, coloured=True)
                return replace(change, new=new, link=self._link(change))
            case ChangeKind.REPLACE:
                new = self._thing(change, change.new, coloured=True)
                return replace(change, target=self._target(change), new=new)
            case ChangeKind.RECOLOUR:
                return replace(change, target=self._target(change), new=self._colour(change.new))
            case ChangeKind.PATTERN if change.new not in self.lexicon.patterns:
                raise _untaught(change, "patterns")
            case _:
                return replace(change, target=self._target(change))

    def _target(self, change: Change) -> str:
        """What is changed. Where things are found by their names, any name can be looked for."""
        if not self.finds or self._known(change.target) is not None:
            return self._thing(change, change.target)
        told = f"the bundled model does not know {change.target!r}: it is looked for by name"
        self.notes.append(f"{told}, and may not be found or recognisable")
        self.lost.append(str(change))
        self.unknown.append(change.target)
        return change.target

    def _known(self, phrase: str) -> int | None:
        """Which word of a phrase is the last that the model knows as a thing."""
        words = _words(phrase)
        return next((k for k in reversed(range(len(words))) if self.lexicon.thing(words[k])), None)

    def _thing(self, change: Change, phrase: str, *, coloured: bool = False) -> str:
        """``striped red circle``: a phrase in the words of the model."""
        words, at = _words(phrase), self._known(phrase)
        if at is None:
            raise FixInput(
                f"understood: {change}; but the bundled model does not know {phrase!r}",
                hint=f"It knows: {', '.join(self.lexicon.things)}.",
            )
        thing = self.lexicon.thing(words[at]) or words[at]
        if words[at] not in (thing, f"{thing}s") and thing not in words[at]:
            self.notes.append(f"{words[at]!r} is taken as the nearest known thing: {thing}")
        before, after = words[:at], words[at + 1 :]
        colour = next((name for w in before if (name := canonical(w))), None)
        pattern = next((p for w in before if (p := PATTERNS.get(w)) in self.lexicon.patterns), None)
        known = DETERMINERS | frozenset(NUMBERS) | frozenset(PATTERNS)
        lost = [w for w in before if not canonical(w) and w not in known]
        if lost or after:
            left = " ".join([*lost, *after])
            self.notes.append(
                f"the bundled model goes by colour and kind of thing: {left!r} is left out"
            )
            self.lost.append(phrase)
        if colour:
            colour = self._colour(colour)
        elif coloured and self.lexicon.colours:
            colour = thing_colour(thing, self.lexicon.colours, self.seed)
        return " ".join(filter(None, (pattern, colour, thing)))

    def _colour(self, colour: str) -> str:
        if not self.lexicon.colours or colour in self.lexicon.colours:
            return colour
        known = nearest(colour, self.lexicon.colours)
        self.notes.append(f"{colour!r} is drawn as the nearest known colour: {known}")
        return known

    def _ground(self, change: Change) -> str:
        """A background that the model knows."""
        asked = change.new.lower()
        if " to " in asked:  # From one colour to another, as the sky does.
            ends = [self._ground(replace(change, new=part)) for part in asked.split(" to ", 1)]
            return ends[0] if ends[0] == ends[1] else " to ".join(ends)
        known = self.lexicon.backgrounds
        if asked in known or asked in self.lexicon.colours:
            return asked
        place = next((found for w in asked.split() if (found := nearest_landscape(w))), None)
        if place in self.lexicon.landscapes:
            if place not in asked.split():
                self.notes.append(f"{asked!r} is drawn as the nearest known landscape: {place}")
            return place
        if self.finds and base(asked):  # filled, not drawn
            return asked
        colour = canonical(asked) or next((c for w in asked.split() if (c := canonical(w))), None)
        if colour and known:
            name = nearest(colour, known)
            self.notes.append(f"the background is the nearest one the model knows: {name}")
            return name
        raise FixInput(
            f"understood: {change}; but the bundled model does not know this background",
            hint=f"It knows: {', '.join((*known, *self.lexicon.landscapes))}.",
        )

    def _link(self, change: Change) -> str:
        """Where a thing is added: beside a thing the model knows, on a side it was taught."""
        if not change.link:
            return ""
        for words in sorted(RELATIONS, key=len, reverse=True):
            side = "above" if RELATIONS[words] == "on" else RELATIONS[words]
            if change.link.startswith(f"{words} ") and side in SIDES:
                other = self._thing(change, change.link[len(words) :])
                return f"{side} the {other}"
        self.notes.append(f"the bundled model cannot place things {change.link!r}: left out")
        self.lost.append(f"{change.new} {change.link}")
        return ""


def _words(phrase: str) -> list[str]:
    return re.findall(r"[a-z'’]+", phrase.lower())


def _untaught(change: Change, what: str) -> FixInput:
    return FixInput(
        f"understood: {change}; but the bundled model was not taught {what}", hint=KNOWN
    )
