"""Scenes from their words: what the planner reads in a request, beside the plan by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maquette.agents.plans.composed.casting import Cast, cast
from maquette.agents.plans.composed.gallery import Gallery
from maquette.agents.reading.labelled.read import read_with
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.connect import Sentences
from maquette.model_servers.schemas.embedding import EmbedTextReply, EmbedTextRequest
from maquette.model_servers.schemas.reading import ReadReply
from maquette.tools.art.brief import Panel, WantedBackground, WantedThing
from maquette.training.evaluation.art.plans import Plan
from maquette.training.evaluation.intervals import Share
from maquette.words.colours import canonical

_OTHER_WAY = {"right of": "left of", "below": "above"}
Reader = Callable[[str, int], ReadReply]
"""Labels the words of a request with so many attached pictures."""
Names = Callable[[str, str], bool]
"""Whether a phrase surely names the thing of an id."""


@dataclass(frozen=True)
class Read:
    """A request as it was read: what differs from the plan by hand, by kind."""

    plan: Plan
    differs: tuple[tuple[str, str], ...]


def gallery(embed: Sentences) -> Gallery:
    """The installed packs behind the finder with this embedder, in this process."""

    async def vectors(request: EmbedTextRequest) -> EmbedTextReply:
        made = await embed(request.texts)
        return EmbedTextReply(vectors=tuple(map(tuple, made)), digest="here", forward_s=0.0)

    return Gallery(ScriptedModelClient({("embedding", "embed_text"): vectors}))


async def read(plans: Sequence[Plan], packs: Gallery, reader: Reader) -> list[Read]:
    """Every request read and cast, and compared with its plan by hand (of one panel)."""
    return [await _read(plan, packs, reader) for plan in plans]


async def _read(plan: Plan, packs: Gallery, reader: Reader) -> Read:
    items = read_with(plan.words, 0, reader).items
    if len(items) > 1:
        return Read(plan, (("several", f"read as {len(items)} requests"),))
    reading = items[0]
    if reading.sequence is not None:
        return Read(plan, (("several", f"read as {len(reading.sequence.parts)} parts"),))
    found = await cast(reading, packs)
    words = [("words", repr(text)) for text in reading.shown]
    return Read(plan, (*words, *differences(plan.brief.panels[0], found, packs.names)))


def differences(wanted: Panel, found: Cast, names: Names) -> tuple[tuple[str, str], ...]:
    """What a reading has otherwise than the plan by hand: kind, and both sides in words."""
    panel = found.panel()
    pairs = paired(wanted.things, panel.things, names)
    told: list[tuple[str, str]] = []
    for k, one in enumerate(wanted.things):
        if k not in pairs:
            told.append(("thing missing", one.phrase))
            continue
        other = panel.things[pairs[k]]
        if other.thing != one.thing and not names(other.thing, one.phrase):
            told.append(("other picture", f"{one.phrase}: {one.thing} read as {other.thing}"))
        told += _of_thing(one, other)
    taken = set(pairs.values())
    told += [("thing too much", f"{one.phrase} ({one.thing})")
             for n, one in enumerate(panel.things) if n not in taken]  # fmt: skip
    told += [("thing too much", f"{role.phrase} (in no pack)") for role in found.missing]
    told += _ties(wanted, panel, pairs)
    if _ground(wanted.background) != _ground(panel.background):
        sides = f"{_ground(wanted.background)} read as {_ground(panel.background)}"
        told.append(("background", sides))
    return tuple(told)


def paired(
    wanted: Sequence[WantedThing], found: Sequence[WantedThing], names: Names
) -> dict[int, int]:
    """Which found thing is which wanted one, by their indices: of those with the same picture, the
    same noun, or a picture that the noun surely names, the one that agrees in most."""
    pairs: dict[int, int] = {}
    for k, one in enumerate(wanted):
        fitting = [
            (_agreement(one, other), -n)
            for n, other in enumerate(found)
            if n not in pairs.values()
            and (
                other.thing == one.thing
                or other.phrase == one.phrase
                or names(other.thing, one.phrase)
            )
        ]
        if fitting:
            pairs[k] = -max(fitting)[1]
    return pairs


def _agreement(one: WantedThing, other: WantedThing) -> int:
    same = one.thing == other.thing, _colour(one.colour) == _colour(other.colour)
    return 4 * same[0] + 2 * same[1] + (one.count == other.count)


def _of_thing(wanted: WantedThing, found: WantedThing) -> list[tuple[str, str]]:
    sides = [
        ("count", wanted.count, found.count),
        ("colour", _colour(wanted.colour), _colour(found.colour)),
        ("pattern", wanted.pattern, found.pattern),
        ("size", wanted.size, found.size),
        ("place", wanted.place, found.place),
    ]
    return [
        (kind, f"{wanted.phrase}: {one} read as {other}")
        for kind, one, other in sides
        if one != other
    ]


def _ties(wanted: Panel, found: Panel, pairs: Mapping[int, int]) -> list[tuple[str, str]]:
    """Relations that one side alone has; above and below, left and right told one way."""
    back = {n: k for k, n in pairs.items()}
    asked = {_tie(one.subject, one.relation, one.object) for one in wanted.relations}
    read = {
        _tie(back[one.subject], one.relation, back[one.object])
        for one in found.relations
        if one.subject in back and one.object in back
    }

    def told(tie: tuple[int, str, int]) -> str:
        return f"{wanted.things[tie[0]].phrase} {tie[1]} {wanted.things[tie[2]].phrase}"

    missing = [("relation missing", told(tie)) for tie in sorted(asked - read)]
    return missing + [("relation too much", told(tie)) for tie in sorted(read - asked)]


def _tie(subject: int, relation: str, other: int) -> tuple[int, str, int]:
    if relation == "beside":
        return min(subject, other), relation, max(subject, other)
    if relation in _OTHER_WAY:
        return other, _OTHER_WAY[relation], subject
    return subject, relation, other


def _ground(background: WantedBackground) -> str:
    kind = background.kind or ("plain" if background.colour else "none")
    return f"{kind} {_colour(background.colour)}" if background.colour else kind


def _colour(word: str | None) -> str | None:
    return None if word is None else canonical(word) or word


def record(read: Sequence[Read]) -> dict[str, Any]:
    """The share read as by hand, of all and of each kind of person, and what was misread."""
    kinds = Counter(kind for one in read for kind in {kind for kind, _ in one.differs})
    return {
        "read as planned by hand": str(Share(sum(not one.differs for one in read), len(read))),
        "requests with it misread": dict(kinds.most_common()),
        "misread": {
            one.plan.id: {"words": one.plan.words, "differs": [f"{k}: {t}" for k, t in one.differs]}
            for one in read
            if one.differs
        },
    }


def table(told: Mapping[str, Any]) -> str:
    """The record for people."""
    lines = [f"read as planned by hand  {told['read as planned by hand']}"]
    lines += [f"  {kind:18} {n}" for kind, n in told["requests with it misread"].items()]
    for id, one in told["misread"].items():
        lines += [f"{id}: {one['words']}", *(f"    {each}" for each in one["differs"])]
    return "\n".join(lines)
