"""Plans that change attached pictures as the request says: one edit a change, in order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from maquette.agents.design.types import ASPECTS
from maquette.agents.plans.parts import attached
from maquette.agents.plans.taught import SIDES, TaughtWords
from maquette.agents.plans.wants import LOST, UNSEEN, only_asked
from maquette.agents.reading.changes import Change, ChangeKind, Unclear, with_article
from maquette.agents.reading.places import LANDSCAPES
from maquette.records.criterion import Asked, Colour, Count, Criterion, Exists
from maquette.records.errors import FixInput
from maquette.records.plan import INPUTS, REFERENCE_KEY, Call, Loop, Plan
from maquette.records.task import TaskRequest
from maquette.words.colours import base, canonical
from maquette.words.lexicon import PATTERNS, Lexicon, singular

CANDIDATES, ROUNDS = 2, 2
UNSEEN_KINDS = frozenset(
    {ChangeKind.RESIZE, ChangeKind.MOVE, ChangeKind.PATTERN, ChangeKind.BACKGROUND}
)
"""Changes whose success no judge looks for."""
LARGER, SMALLER = 1.4, 0.7
"""By how much the sides of a thing grow or shrink that is to be larger or smaller."""
_LARGER = frozenset({"bigger", "larger", "taller", "wider", "huge", "big", "large"})
Step = tuple[str, dict[str, Any]]
"""A tool and its arguments, but for the picture."""
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
    drawn = drawn_changes(changes, lexicon, seed=request.options.seed, finds=finds)
    chosen = pictures_meant(request, ", ".join(map(str, changes)))
    names = {k: name_of(k, one=len(chosen) == 1) for k in chosen}
    nodes = [drawn.loop(name, f"{INPUTS}.{k}", judged=judged) for k, name in names.items()]
    return Plan(
        nodes=tuple(nodes),
        outputs=tuple(f"{node.id}.image" for node in nodes),
        summary=f"change the attached picture: {'; '.join(map(str, drawn.told))}"[:400],
        notes=drawn.notes,
    )


@dataclass(frozen=True)
class Drawn:
    """Changes that a generator makes, in its words."""

    told: tuple[Change, ...]
    steps: tuple[Step, ...]
    wanted: tuple[Criterion, ...]
    notes: tuple[str, ...]
    unknown: tuple[str, ...]
    """Things that it was not taught, and that are only looked for by their names."""

    def loop(self, name: str, image: str, *, judged: bool) -> Loop:
        """The loop that makes them of the picture of a reference, each on the one before."""
        return _node(name, image, self.steps, self.wanted, judged=judged)


def drawn_changes(changes: Sequence[Change], lexicon: Lexicon, *, seed: int, finds: bool) -> Drawn:
    """The changes as a generator makes them. Raises: FixInput: it does not know a word."""
    words = TaughtWords(lexicon, seed, finds)
    told = [words.settled(change) for change in changes]
    steps = [
        _step(change, lexicon, finds=finds, every=_means_all(asked.target, lexicon))
        for asked, change in zip(changes, told, strict=True)
    ]
    wanted = _criteria(told, lexicon)
    if not lexicon.open:
        unseen = [
            str(asked)
            for asked, change in zip(changes, told, strict=True)
            if asked.kind in UNSEEN_KINDS and not _fills(change, lexicon, finds=finds)
        ]
        lost = [(one, UNSEEN) for one in dict.fromkeys([*words.lost, *unseen])]
        wanted = (*wanted, *only_asked(lost, LOST))
    notes = tuple(dict.fromkeys(words.notes))
    return Drawn(tuple(told), tuple(steps), wanted, notes, tuple(words.unknown))


def free_edit_plan(request: TaskRequest) -> Plan:
    """Hand the request's own words to a model that takes any instruction."""
    text = " ".join(request.text.split())
    chosen = pictures_meant(request, text[:80])
    calls = [
        Call(
            id=name_of(k, one=len(chosen) == 1),
            tool="edit",
            arguments={"image": attached(k), "instruction": text},
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


def pictures_meant(request: TaskRequest, understood: str) -> list[int]:
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


def name_of(k: int, *, one: bool) -> str:
    """The id of what becomes of the ``k``-th attached picture, or of the one that is meant."""
    return "changed" if one else f"changed{k}"


def _step(change: Change, lexicon: Lexicon, *, finds: bool, every: bool) -> Step:
    """How one change is made: of the one thing, or of every one that is so called."""
    if not finds:
        return "edit", {"instruction": str(change)}
    if _fills(change, lexicon, finds=finds):
        return "remove_background", {"fill": change.new}
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
            told["scale"] = scale_of(change)
        case ChangeKind.REPLACE | ChangeKind.ADD:
            aspect = ASPECTS.get(_head(change.new, lexicon), 1.0)
            told |= {"becomes": change.new, "aspect": aspect}
    side = next((side for side in SIDES if change.link.startswith(f"{side} the ")), None)
    if side:
        told |= {"side": side, "beside": change.link.removeprefix(f"{side} the ")}
    return "change_thing", {name: value for name, value in told.items() if value}


def _fills(change: Change, lexicon: Lexicon, *, finds: bool) -> bool:
    """Whether a background is one plain colour that the generator was not taught: it is filled."""
    colour = change.kind is ChangeKind.BACKGROUND and base(change.new) is not None
    return finds and colour and change.new not in (*lexicon.backgrounds, *lexicon.colours)


def scale_of(change: Change) -> float:
    """By how much the sides of a thing change that is to be larger or smaller."""
    return LARGER if change.new in _LARGER else SMALLER


def _means_all(target: str, lexicon: Lexicon) -> bool:
    """Whether a thing was named in the plural."""
    last = target.lower().split()[-1:]
    return any(word not in lexicon.things and singular(word) in lexicon.things for word in last)


def _setting(ground: str) -> str:
    """Where things are, as a caption says it: "by the sea", "on a mint background"."""
    return LANDSCAPES.get(ground) or f"on {with_article(ground)} background"


def _node(
    name: str, image: str, steps: Sequence[Step], wanted: tuple[Criterion, ...], *, judged: bool
) -> Loop:
    """The changes of one picture, each on the result of the one before."""
    calls = []
    for number, (tool, arguments) in enumerate(steps, start=1):
        call = Call(
            id=f"{name}_step{number}",
            tool=tool,
            arguments={"image": {REFERENCE_KEY: image}, **arguments},
        )
        calls.append(call)
        image = f"{call.id}.image"
    chooses = judged and any(not isinstance(one, Asked) for one in wanted)
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
