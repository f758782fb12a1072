"""Casting: which thing of the art packs plays each thing that a request names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from maquette.agents.plans.composed.backgrounds import (
    KINDS,
    background_of,
    coloured_background,
)
from maquette.agents.plans.composed.gallery import Gallery
from maquette.agents.plans.wants import qualities
from maquette.agents.reading.request import Reading
from maquette.agents.reading.scene import Mention, Wish
from maquette.tools.art.brief import Panel, WantedBackground, WantedRelation, WantedThing
from maquette.tools.art.found import SURE, Found
from maquette.tools.art.scene import PatternName
from maquette.words.lexicon import PATTERNS, Lexicon, plural

MAX_COPIES = 24
PLACES = frozenset(KINDS) - {"water", "ice", "sand", "farm", "hill", "dune", "night", "river"}
"""Nouns that are where all stands, also where art has a picture of one."""
_PATTERN: dict[str, PatternName] = {"striped": "stripes", "dotted": "dots", "checked": "checks"}


@dataclass(frozen=True)
class Role:
    """A thing that a request names, and what was found for it."""

    mention: Mention
    phrase: str
    """The words that were looked for: the noun with what belongs to it."""
    found: Found
    lost: tuple[str, ...] = ()
    """What was said of it that art cannot show."""
    ground: bool = False
    """Whether it is what all stands on, such as grass: a background, no thing of its own."""

    @property
    def pattern(self) -> PatternName | None:
        """The pattern that was asked for."""
        return pattern_of(self.mention.extra)


@dataclass(frozen=True)
class Cast:
    """A request for a picture, as the art packs can play it."""

    wish: Wish
    roles: tuple[Role, ...]
    background: WantedBackground
    lost_grounds: tuple[tuple[str, str], ...] = ()
    """Where it was to be, in words that the background does not show, each with why."""

    @property
    def missing(self) -> tuple[Role, ...]:
        """Those that no pack has."""
        return tuple(role for role in self.roles if role.found.best is None and not role.ground)

    @property
    def there(self) -> tuple[Role, ...]:
        """Those that are there."""
        return tuple(role for role in self.roles if role.found.best is not None)

    def panel(self, caption: str | None = None) -> Panel:
        """What the composer is asked for: the things that are there, and how they stand."""
        there = [k for k, role in enumerate(self.roles) if role.found.best is not None]
        index = {k: n for n, k in enumerate(there)}
        relations = tuple(
            WantedRelation(
                subject=index[link.subject[1]], relation=link.relation, object=index[link.object[1]]
            )
            for link in self.wish.links
            if link.subject[0] == link.object[0] == "thing"
            and link.subject[1] in index
            and link.object[1] in index
        )
        return Panel(
            things=tuple(_wanted(self.roles[k]) for k in there),
            relations=relations,
            background=self.background,
            caption=caption,
        )

    def notes(self) -> tuple[str, ...]:
        """What the person should know before anything is made."""
        told = [note for role in self.roles for note in _notes(role)]
        return tuple(dict.fromkeys(told))


def pattern_of(words: Iterable[str]) -> PatternName | None:
    """The pattern that the first of some words names, by the composer's name for it."""
    names = (_PATTERN.get(PATTERNS.get(word, "")) for word in words)
    return next((name for name in names if name), None)


async def cast(reading: Reading, gallery: Gallery) -> Cast:
    """Find a thing for every one that a request names.

    Raises: ModelUnavailable: the embedder does not answer.
    """
    wish = reading.wish(Lexicon())
    place, lost = background_of(wish.grounds, reading.language)
    roles = [await _role(mention, gallery, reading.language) for mention in wish.things]
    if place is None and reading.scene is not None:
        roles, place, more = _grounded(roles, reading.language)
        lost = (*lost, *more)
    ground = place or coloured_background(wish.background)
    if place is not None and wish.background and place.kind == "plain":
        ground = coloured_background(wish.background)
    return Cast(wish=wish, roles=tuple(roles), background=ground, lost_grounds=lost)


async def _role(mention: Mention, gallery: Gallery, language: str) -> Role:
    """The longest phrase of the mention that is found: "birthday cake", else "cake"."""
    if language != "en":
        found = await gallery.find(mention.word, language=language)
        name = await gallery.noun(found.best) if found.best else mention.word
        return Role(mention, name, found, lost=tuple(w for w in mention.extra if w not in PATTERNS))
    words = [word for word in mention.extra if word not in PATTERNS]
    noun = mention.word
    bare = await gallery.find(noun)
    if bare.best is None:  # Some things have a name in the plural alone: fries, scissors.
        several = await gallery.find(plural(noun))
        bare, noun = (several, plural(noun)) if several.best is not None else (bare, noun)
    for start in range(len(words)):
        phrase = " ".join([*words[start:], noun])
        found = await gallery.find(phrase)
        if _says_more(found, bare):
            return Role(mention, phrase, found, lost=tuple(words[:start]))
    return Role(mention, noun, bare, lost=tuple(words))


def _grounded(
    roles: list[Role], language: str
) -> tuple[list[Role], WantedBackground | None, tuple[tuple[str, str], ...]]:
    """The first thing in no pack that is a known background ("on the grass"), as that; with what it
    is said to be and a background does not show."""
    for k, role in enumerate(roles):
        plain = role.mention.colour is None and role.mention.count == 1
        place = role.mention.word in PLACES and plain
        if (role.found.best is None or place) and len(roles) > 1:
            found, lost = background_of((role.mention.word,), language)
            if found is not None:
                own = (*qualities(role.mention), *role.lost, *filter(None, (role.mention.colour,)))
                told = tuple((words, "a background has its own look") for words in own)
                rest = [*roles[:k], replace(role, ground=True), *roles[k + 1 :]]
                return rest, found, (*lost, *told)
    return roles, None, ()


def _says_more(found: Found, bare: Found) -> bool:
    """Whether a longer phrase is a name of its own, or leads elsewhere than its noun alone: where
    it only leads to the same thing, the words before the noun are not shown."""
    best, other = found.best, bare.best
    if best is None or best.by not in ("name", "alias"):
        return False
    return best.probability >= SURE or other is None or best.thing != other.thing


def _wanted(role: Role) -> WantedThing:
    best, mention = role.found.best, role.mention
    assert best is not None
    return WantedThing(
        phrase=role.phrase,
        thing=best.thing,
        probability=best.probability,
        count=min(mention.count, MAX_COPIES),
        colour=mention.colour,
        pattern=role.pattern,
        size=mention.size,
        place=mention.place,
    )


def _notes(role: Role) -> list[str]:
    best = role.found.best
    told: list[str] = []
    if role.ground:
        return told
    if best is None:
        near = ", ".join(role.found.nearest)
        offer = f"; the nearest are {near}" if near else ""
        return [f"there is no picture of {role.phrase!r}{offer}"]
    if role.found.state == "unclear":
        others = ", ".join(one.name for one in role.found.matches[1:3])
        told.append(f"{role.phrase!r} is taken as {best.name!r}; it may also mean {others}")
    elif best.probability < SURE:
        told.append(f"{role.phrase!r} is shown as {best.name!r}, which may not be what is meant")
    if role.lost:
        told.append(f"art cannot show {' '.join(role.lost)!r} of {role.phrase!r}: left out")
    if role.mention.count > MAX_COPIES:
        told.append(f"only {MAX_COPIES} of {role.mention.count} {role.phrase} are placed")
    return told


def as_said(role: Role) -> Mention:
    """The mention under the words that were found: what is to be judged."""
    return replace(role.mention, thing="" if role.ground else role.phrase)
