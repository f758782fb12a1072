"""Plans that change attached pictures as the request says: one edit a change, in order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from maquette.agents.design.palette import thing_colour
from maquette.agents.design.types import ASPECTS
from maquette.agents.reading.changes import Change, ChangeKind, Unclear, with_article
from maquette.agents.reading.places import LANDSCAPES, nearest_landscape
from maquette.agents.reading.tokens import RELATIONS
from maquette.records.criterion import Colour, Count, Criterion, Exists
from maquette.records.errors import FixInput
from maquette.records.plan import INPUTS, REFERENCE_KEY, Call, Loop, Node, Plan
from maquette.records.task import TaskRequest
from maquette.words.colours import canonical, nearest
from maquette.words.lexicon import PATTERNS, Lexicon, singular
from maquette.words.stopwords import DETERMINERS, NUMBERS

CANDIDATES, ROUNDS = 2, 2
KNOWN = (
    "It can recolour, replace, remove, add or move a thing, give it a pattern, or change the "
    'background: "make the red circle green", "remove the star", "replace the sun with a moon".'
)
_SIDES = ("left of", "right of", "above", "below")
_MOVES = ("to the left", "to the right", "to the top", "to the bottom")
LARGER, SMALLER = 1.4, 0.7
"""By how much the sides of a thing grow or shrink that is to be larger or smaller."""
_LARGER = frozenset({"bigger", "larger", "taller", "wider", "huge", "big", "large"})
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def edit_plan(
    request: TaskRequest,
    changes: tuple[Change, ...],
    lexicon: Lexicon,
    *,
    judged: bool = False,
    finds: bool = False,
) -> Plan:
    """Make the changes of the picture that is meant.

    Args:
        judged: whether a model is there that can tell what a picture shows.
        finds: whether things can be found by their names and drawn anew where they are; without,
            the generator reads the change itself.
    Raises: FixInput: it is open which picture is meant, or the model does not know a word.
    """
    words = _Words(lexicon, request.options.seed, finds)
    told = [words.settled(change) for change in changes]
    chosen = _pictures(request, ", ".join(map(str, changes)))
    steps = [
        _step(change, lexicon, finds=finds, every=_means_all(asked.target, lexicon))
        for asked, change in zip(changes, told, strict=True)
    ]
    wanted = _criteria(told, lexicon)
    nodes = [_node(k, steps, wanted, one=len(chosen) == 1, judged=judged) for k in chosen]
    return Plan(
        nodes=tuple(nodes),
        outputs=tuple(f"{node.id}.image" for node in nodes),
        summary=f"change the attached picture: {'; '.join(map(str, told))}"[:400],
        notes=tuple(dict.fromkeys(words.notes)),
    )


def free_edit_plan(request: TaskRequest) -> Plan:
    """Hand the request's own words to a model that takes any instruction."""
    text = " ".join(request.text.split())
    chosen = _pictures(request, text[:80])
    calls = [
        Call(
            id=_name(k, one=len(chosen) == 1),
            tool="edit",
            arguments={"image": {REFERENCE_KEY: f"{INPUTS}.{k}"}, "instruction": text},
        )
        for k in chosen
    ]
    return Plan(
        nodes=tuple(calls),
        outputs=tuple(f"{call.id}.image" for call in calls),
        summary=f"change the attached picture: {text}"[:400],
    )


def ask(unclear: Unclear) -> FixInput:
    """The question that an unclear request is answered with."""
    return FixInput(f"understood: {unclear.understood}", hint=unclear.ask)


def _pictures(request: TaskRequest, understood: str) -> list[int]:
    """Which attached pictures are meant. Raises: FixInput: that is open."""
    count = len(request.inputs)
    if count < 2:
        return [0]
    text = request.text.lower()
    named = [k for k, word in enumerate(_ORDINALS[:count]) if re.search(rf"\b{word}\b", text)]
    if len(named) == 1:
        return named
    if re.search(
        r"\b(?:both|all|each|every|these|those)\s+(?:\w+\s+)?(?:pictures?|images?|photos?)", text
    ):
        return list(range(count))
    raise FixInput(
        f"understood: {understood}; but {count} pictures are attached, and it is not said which "
        "one is meant",
        hint='Say "in the first picture" or "in all pictures", or attach only the one.',
    )


def _name(k: int, *, one: bool) -> str:
    return "changed" if one else f"changed{k}"


Step = tuple[str, dict[str, Any]]
"""A tool and its arguments, but for the picture."""


def _step(change: Change, lexicon: Lexicon, *, finds: bool, every: bool) -> Step:
    """How one change is made: of the one thing, or of every one that is so called."""
    if not finds:
        return "edit", {"instruction": str(change)}
    if change.kind is ChangeKind.BACKGROUND:
        return "change_background", {"setting": _setting(change.new)}
    told: dict[str, Any] = {"target": change.target, "every": every}
    match change.kind:
        case ChangeKind.RECOLOUR:
            told["colour"] = change.new
        case ChangeKind.PATTERN:
            told["pattern"] = change.new
        case ChangeKind.MOVE:
            told["place"] = change.new.split()[-1]
        case ChangeKind.RESIZE:
            told["scale"] = LARGER if change.new in _LARGER else SMALLER
        case ChangeKind.REPLACE | ChangeKind.ADD:
            aspect = ASPECTS.get(_head(change.new, lexicon), 1.0)
            told |= {"becomes": change.new, "aspect": aspect}
    side = next((side for side in _SIDES if change.link.startswith(f"{side} the ")), None)
    if side:
        told |= {"side": side, "beside": change.link.removeprefix(f"{side} the ")}
    return "change_thing", {name: value for name, value in told.items() if value}


def _means_all(target: str, lexicon: Lexicon) -> bool:
    """Whether a thing was named in the plural."""
    last = target.lower().split()[-1:]
    return any(word not in lexicon.things and singular(word) in lexicon.things for word in last)


def _setting(ground: str) -> str:
    """Where things are, as a caption says it: "by the sea", "on a mint background"."""
    return LANDSCAPES.get(ground) or f"on {with_article(ground)} background"


def _node(
    k: int, steps: list[Step], wanted: tuple[Criterion, ...], *, one: bool, judged: bool
) -> Node:
    """The changes of one picture, each on the result of the one before."""
    name, image = _name(k, one=one), f"{INPUTS}.{k}"
    calls = []
    for number, (tool, arguments) in enumerate(steps, start=1):
        call = Call(
            id=f"{name}_step{number}",
            tool=tool,
            arguments={"image": {REFERENCE_KEY: image}, **arguments},
        )
        calls.append(call)
        image = f"{call.id}.image"
    chooses = judged and bool(wanted)
    return Loop(
        id=name,
        body=tuple(calls),
        result=image,
        criteria=wanted,
        candidates=CANDIDATES if chooses else 1,
        rounds=ROUNDS if chooses else 1,
        reason="the changed picture is looked at, and made anew if the change is not seen"
        if chooses
        else "",
    )


def _criteria(told: list[Change], lexicon: Lexicon) -> tuple[Criterion, ...]:
    """What a later change does not undo of what each change promises."""
    found: list[Criterion] = []
    for k, change in enumerate(told):
        if any(
            later.target and later.target in (change.new, change.target) for later in told[k + 1 :]
        ):
            continue
        match change.kind:
            case ChangeKind.RECOLOUR:
                thing = _head(change.target, lexicon)
                found.append(Colour(id=f"colour{k}", thing=thing, colour=change.new))
            case ChangeKind.REMOVE:
                found.append(Count(id=f"gone{k}", thing=change.target, count=0))
            case ChangeKind.REPLACE:
                found.append(Exists(id=f"there{k}", thing=change.new))
                found.append(Count(id=f"gone{k}", thing=change.target, count=0))
            case ChangeKind.ADD:
                found.append(Exists(id=f"there{k}", thing=change.new))
            case _:
                pass
    return tuple(found)


def _head(target: str, lexicon: Lexicon) -> str:
    """The noun of a target, without colour and pattern."""
    words = [w for w in target.split() if not canonical(w) and w not in PATTERNS]
    return next((thing for w in reversed(words) if (thing := lexicon.thing(w))), " ".join(words))


@dataclass
class _Words:
    """Puts changes into the words a model was taught, and notes what that loses."""

    lexicon: Lexicon
    seed: int
    finds: bool = False
    """Whether things are found and drawn anew one by one."""
    notes: list[str] = field(default_factory=list)

    def settled(self, change: Change) -> Change:
        """The change as the model knows it. Raises: FixInput: it cannot know it."""
        if self.lexicon.open:
            return change
        match change.kind:
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
                return replace(change, target=self._thing(change, change.target), new=new)
            case ChangeKind.RECOLOUR:
                target = self._thing(change, change.target)
                return replace(change, target=target, new=self._colour(change.new))
            case ChangeKind.PATTERN if change.new not in self.lexicon.patterns:
                raise _untaught(change, "patterns")
            case _:
                return replace(change, target=self._thing(change, change.target))

    def _thing(self, change: Change, phrase: str, *, coloured: bool = False) -> str:
        """``striped red circle``: a phrase in the words of the model."""
        words = re.findall(r"[a-z'’]+", phrase.lower())
        at = next((k for k in reversed(range(len(words))) if self.lexicon.thing(words[k])), None)
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
            if change.link.startswith(f"{words} ") and RELATIONS[words] in _SIDES:
                other = self._thing(change, change.link[len(words) :])
                return f"{RELATIONS[words]} the {other}"
        self.notes.append(f"the bundled model cannot place things {change.link!r}: left out")
        return ""


def _untaught(change: Change, what: str) -> FixInput:
    return FixInput(
        f"understood: {change}; but the bundled model was not taught {what}", hint=KNOWN
    )
