"""Settle what a request leaves open, and put what the model lacks into words it has."""

from __future__ import annotations

from dataclasses import dataclass, replace

from maquette.agents.design.palette import thing_colour
from maquette.agents.reading.places import Place, take_places
from maquette.agents.reading.request import Reading
from maquette.agents.reading.scene import Mention, Wish, read_scene
from maquette.agents.reading.showing import NOUNS, Showing, with_shown
from maquette.words.colours import nearest
from maquette.words.lexicon import PATTERNS, Lexicon

MAX_LAYOUT = 16


@dataclass(frozen=True)
class Depiction:
    """What will be drawn, and what the person should know about it."""

    wish: Wish
    things: tuple[Mention, ...]
    notes: tuple[str, ...] = ()
    asked: frozenset[int] = frozenset()
    """Things whose colour the person named; the others may have any."""
    landscape: str | None = None
    """Where it is, by a name the model knows."""
    lost: tuple[tuple[str, str], ...] = ()
    """What was said and is not drawn, each with why."""
    shown: tuple[str, ...] = ()
    """What the things of attached pictures are called, where the model knows the word."""

    @property
    def stated(self) -> tuple[Mention, ...]:
        """The things with only what the person said of them: what is to be judged.

        A shown thing is judged by its own name; one that has none is called nothing.
        """
        return tuple(
            replace(mention, thing=self.shown[NOUNS.index(mention.thing)], colour=None)
            if mention.thing in NOUNS
            else replace(mention, colour=self.wish.things[k].colour if k in self.asked else None)
            for k, mention in enumerate(self.things)
        )


def settle(
    reading: Reading, lexicon: Lexicon, seed: int, showing: Showing | None = None
) -> Depiction:
    """Choose what a request leaves open."""
    if showing is not None:
        masked, lexicon = showing.masked, with_shown(lexicon, showing.things)
    else:
        masked = reading.masked
    masked, places = take_places(masked, lexicon)
    wish = reading.wish(lexicon) if showing is None else read_scene(masked, lexicon)
    place = next((one for one in places if one.landscape in lexicon.landscapes), None)
    notes = [note for one in places if (note := _place_note(one, place))]
    settled = [_settled(mention, lexicon, seed, notes) for mention in wish.things]
    lost = [] if lexicon.open else [*_lost_words(wish, lexicon), *_lost_grounds(wish, place)]
    called = tuple(lexicon.thing(noun) or "" for noun in (showing.nouns if showing else ()))
    return Depiction(
        wish=wish,
        things=_that_fit(settled, notes),
        notes=tuple(notes),
        asked=frozenset(k for k, mention in enumerate(wish.things) if mention.colour),
        landscape=place.landscape if place else None,
        lost=tuple(lost) if showing is None else (),
        shown=called,
    )


def _lost_words(wish: Wish, lexicon: Lexicon) -> list[tuple[str, str]]:
    """What was said of things in words that the model does not know."""
    return [
        (f"{word} {mention.word}", "the bundled model does not know the word")
        for mention in wish.things
        for word in mention.extra
        if PATTERNS.get(word) not in lexicon.patterns
    ] + [
        (mention.word, f"the nearest known thing is drawn, {mention.thing}")
        for mention in wish.things
        if mention.known and mention.word != mention.thing
    ]


def _lost_grounds(wish: Wish, chosen: Place | None) -> list[tuple[str, str]]:
    """Where it was to be, but for the landscape that is drawn."""
    return [
        (words, "the bundled model draws no such place")
        for words in wish.grounds
        if chosen is None or chosen.word not in words.lower()
    ]


def _place_note(place: Place, chosen: Place | None) -> str:
    """What becomes of a landscape that is not drawn just as it was asked for."""
    if chosen is None:
        return f"the loaded model draws no landscapes: {place.word!r} is left out"
    if place.landscape != chosen.landscape:
        return f"one landscape is drawn, {chosen.landscape!r}: {place.word!r} is left out"
    if place.word in (place.landscape, f"{place.landscape}s"):
        return ""
    return f"{place.word!r} is drawn as the nearest known landscape: {place.landscape}"


def _settled(mention: Mention, lexicon: Lexicon, seed: int, notes: list[str]) -> Mention:
    """One thing with a colour and in words that the model knows; says what was changed."""
    if mention.thing in NOUNS:
        return replace(mention, colour=None, extra=(), size=None, count=1)
    if not lexicon.open:
        if not mention.known:
            notes.append(
                f"the bundled model does not know {mention.word!r}: it is asked for by name, "
                "but may not be recognisable"
            )
        elif mention.word != mention.thing:
            notes.append(f"{mention.word!r} is drawn as the nearest known thing: {mention.thing}")
        patterns = tuple(p for w in mention.extra if (p := PATTERNS.get(w)) in lexicon.patterns)
        unknown = [w for w in mention.extra if PATTERNS.get(w) not in lexicon.patterns]
        if unknown:
            notes.append(
                f"the bundled model knows no {' '.join(unknown)!r} for {mention.word!r}: left out"
            )
        mention = replace(mention, extra=patterns)
    colour = mention.colour
    if colour and lexicon.colours and colour not in lexicon.colours:
        mention = replace(mention, colour=nearest(colour, lexicon.colours))
        notes.append(f"{colour!r} is drawn as the nearest known colour: {mention.colour}")
    elif colour is None and lexicon.colours:
        mention = replace(mention, colour=thing_colour(mention.thing, lexicon.colours, seed))
    return mention


def _that_fit(things: list[Mention], notes: list[str]) -> tuple[Mention, ...]:
    """As many as a layout has boxes for; says how many are left out."""
    total = 0
    shown: list[Mention] = []
    for mention in things:
        room = MAX_LAYOUT - total
        if mention.count > room:
            notes.append(f"only {room} of {mention.count} {mention.word} fit: {MAX_LAYOUT} in all")
        if room <= 0:
            continue
        shown.append(replace(mention, count=min(room, mention.count)))
        total += shown[-1].count
    return tuple(shown)
