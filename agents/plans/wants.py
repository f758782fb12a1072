"""What must hold of the picture, in words for the generator and as criteria for the judges."""

from __future__ import annotations

from collections.abc import Sequence

from maquette.agents.design.poster import zone_of
from maquette.agents.reading.places import LANDSCAPES
from maquette.agents.reading.scene import Link, Mention, Wish
from maquette.agents.reading.showing import CALLED, NOUNS
from maquette.agents.reading.wording import PLACEHOLDER, Wordings
from maquette.records.criterion import (
    Asked,
    Colour,
    Count,
    Criterion,
    Exists,
    Relation,
    RelationName,
    TextReads,
    without_contact,
)
from maquette.words.lexicon import PATTERNS, Lexicon, plural

_SPELLED = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight"}
_ZONE = {
    "above": "top",
    "on": "top",
    "below": "bottom",
    "left of": "left",
    "right of": "right",
    "beside": "right",
    "inside": "centre",
    "in front of": "centre",
}
_OPPOSITE = {
    "above": "below",
    "on": "below",
    "below": "above",
    "left of": "right of",
    "right of": "left of",
}


UNSEEN = "no judge looks for it"
LOST = "lost"
"""Of the ids of what was said and cannot be shown."""
UNTOUCHED = "no judge can tell whether drawn things touch"


def criteria(
    strings: Sequence[str], things: Sequence[Mention], links: Sequence[Link]
) -> tuple[Criterion, ...]:
    """One criterion for each string, thing, count, colour and relation of the request."""
    found: list[Criterion] = [TextReads(id=f"text{k}", text=text) for k, text in enumerate(strings)]
    names = [_name(k, things) for k in range(len(things))]
    for k, mention in enumerate(things):
        thing = names[k]
        if not thing:  # A shown thing that nobody named: no judge knows what to look for.
            continue
        if mention.count == 1 or not mention.exact:
            found.append(Exists(id=f"thing{k}", thing=mention.thing))
        else:
            found.append(Count(id=f"count{k}", thing=thing, count=mention.count))
        if mention.colour:
            found.append(Colour(id=f"colour{k}", thing=mention.thing, colour=mention.colour))
    found += _totals(things)
    for k, link in enumerate(links):
        subject, other = _called(link.subject, names), _called(link.object, names)
        if link.relation == "beside" or link.loose or subject == other:  # It guides the layout.
            continue
        if subject and other:
            found.append(
                Relation(id=f"relation{k}", subject=subject, relation=_said(link), object=other)
            )
    return tuple(found)


def qualities(mention: Mention) -> list[str]:
    """What was said of a thing that no judge looks for, in words: its size, pattern and place."""
    patterns = [word for word in mention.extra if word in PATTERNS]
    told = [mention.size, *patterns, mention.place and f"at the {mention.place}"]
    return [f"{words} ({mention.word})" for words in told if words]


def beside(wish: Wish, those: Sequence[int]) -> list[tuple[str, str]]:
    """That things stand beside each other, for relations of some things: no judge tells it."""
    pairs = [
        (link.subject[1], link.object[1])
        for link in wish.links
        if link.relation == "beside"
        and not link.loose
        and link.subject[0] == link.object[0] == "thing"
    ]
    return [
        (f"{wish.things[one].word} beside {wish.things[other].word}", UNSEEN)
        for one, other in pairs
        if {one, other} & set(those)
    ]


def _said(link: Link) -> RelationName:
    """The relation of a link that is judged; words are set above things, never on them."""
    assert link.relation != "beside"
    words = "text" in (link.subject[0], link.object[0])
    return without_contact(link.relation) if words else link.relation


def of_drawn(wanted: Sequence[Criterion]) -> tuple[Criterion, ...]:
    """The criteria of a picture that is only drawn: there no judge sees contact. What is asked to
    be on another must be above it, and that nobody tells whether they touch is said."""
    found: list[Criterion] = []
    untold: list[tuple[str, str]] = []
    for one in wanted:
        if isinstance(one, Relation) and one.relation == "on":
            untold.append((f"{one.subject} on {one.object}", UNTOUCHED))
            one = one.model_copy(update={"relation": without_contact(one.relation)})
        found.append(one)
    return (*found, *only_asked(untold, "contact"))


def only_asked(told: Sequence[tuple[str, str]], name: str, *, first: int = 0) -> list[Criterion]:
    """A criterion that nobody passes for each of some words, with why; ids count from ``first``."""
    return [
        Asked(id=f"{name}{k}", words=words[:400], why=why[:400])
        for k, (words, why) in enumerate(told, start=first)
    ]


def _totals(things: Sequence[Mention]) -> list[Criterion]:
    """How many things there are of a name that several mentions have: three, of one red and two
    blue fish."""
    names = dict.fromkeys(one.thing for one in things if one.thing)
    alike = {name: [one for one in things if one.thing == name] for name in names}
    return [
        Count(id=f"all{k}", thing=name, count=sum(one.count for one in those))
        for k, (name, those) in enumerate(alike.items())
        if len(those) > 1 and all(one.exact for one in those)
    ]


def _called(item: tuple[str, int], names: Sequence[str]) -> str:
    kind, index = item
    if kind == "text":
        return "text"
    return names[index] if index < len(names) else ""


def _name(k: int, things: Sequence[Mention]) -> str:
    """What a mention is called: with its colour where another is a thing of the same kind."""
    mention = things[k]
    alike = any(n != k and other.thing == mention.thing for n, other in enumerate(things))
    return f"{mention.colour} {mention.thing}" if alike and mention.colour else mention.thing


def text_zones(wish: Wish, count: int) -> dict[int, str]:
    """The zone of the sheet for each string: as placed, or as it stands to the things."""
    zones = {k: zone_of(place) for k, place in wish.text_places.items() if k < count}
    for link in wish.links:
        (kind, index), (other_kind, other) = link.subject, link.object
        if kind == "text" and other_kind == "thing":
            zones.setdefault(index, _ZONE[link.relation])
        elif kind == "thing" and other_kind == "text" and link.relation in _OPPOSITE:
            zones.setdefault(other, _ZONE[_OPPOSITE[link.relation]])
    for link in wish.links:  # strings tied to a string that has its zone share it
        if link.subject[0] == link.object[0] == "text":
            for one, two in ((link.subject[1], link.object[1]), (link.object[1], link.subject[1])):
                if one in zones:
                    zones.setdefault(two, zones[one])
    return zones


def prompt_of(
    wordings: Wordings,
    things: Sequence[Mention],
    links: Sequence[Link],
    ground: str | None,
    lexicon: Lexicon,
    landscape: str | None = None,
) -> str:
    """Words for the generator, in the style of the captions it was trained on.

    A model that takes any word gets the person's own words, without the strings to be set.
    """
    if lexicon.open:
        plain = "".join(" " if ord(c) >= PLACEHOLDER else c for c in wordings.masked)
        own = wordings.shown and things
        scene = _caption(things, links, openly=True) if own else " ".join(plain.split())
        return f"{scene}, no text"[:3_900] if wordings.shown else scene[:3_900]
    caption = _caption(things, links) or "a picture"
    if landscape:
        return f"{caption} {LANDSCAPES[landscape]}"
    return f"{caption} on {_article(ground)} background" if ground else caption


def _caption(things: Sequence[Mention], links: Sequence[Link], *, openly: bool = False) -> str:
    """``a red circle above a blue square``, or the things one after the other.

    ``openly``: for a model that takes any word; the bundled one was not taught "on".
    """
    between = [
        link
        for link in links
        if link.subject[0] == link.object[0] == "thing"
        and max(link.subject[1], link.object[1]) < len(things)
        and link.relation in ("left of", "right of", "above", "below", "inside", "on")
    ]
    if len(things) == 2 and between:
        link = between[0]
        left, right = things[link.subject[1]], things[link.object[1]]
        relation = "above" if link.relation == "on" and not openly else link.relation
        return f"{counted(left)} {relation} {counted(right)}"
    parts = [counted(mention) for mention in things]
    return (
        parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""
    )


def counted(mention: Mention) -> str:
    """``a large red circle``, ``three red circles`` or ``the shown thing``."""
    if mention.thing in NOUNS:
        return CALLED[NOUNS.index(mention.thing)]
    words = [
        *([mention.size] if mention.size else []),
        *mention.extra,
        *([mention.colour] if mention.colour else []),
    ]
    if mention.count == 1:
        return _article(" ".join([*words, mention.thing]))
    number = _SPELLED.get(mention.count, str(mention.count))
    return " ".join([number, *words, plural(mention.thing)])


def _article(words: str | None) -> str:
    return f"{'an' if words and words[0] in 'aeiou' else 'a'} {words}"
