"""Read what a request wants to see: things with colour and count, and how they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from maquette.agents.reading.tokens import Kind, Token, tokenize
from maquette.words.colours import MODIFIERS, canonical
from maquette.words.lexicon import Lexicon, singular
from maquette.words.stopwords import (
    CARRIERS,
    DETERMINERS,
    GROUPS,
    NEGATIONS,
    NUMBERS,
    PRONOUNS,
    SIZES,
    STOPS,
    TEXT_WORDS,
    is_verb,
)

MAX_COUNT = 16

Relation = Literal["left of", "right of", "above", "below", "inside", "in front of", "beside", "on"]
"""``on`` asks for contact; ``above`` only for a higher place."""


@dataclass(frozen=True)
class Mention:
    """A thing the request names."""

    thing: str
    """The noun: the model's own word when it knows one, else the person's, in the singular."""
    word: str
    """The noun as the person wrote it, in the singular."""
    known: bool
    """Whether the model has a word for it."""
    colour: str | None = None
    """A colour word in one spelling."""
    count: int = 1
    size: Literal["small", "large"] | None = None
    extra: tuple[str, ...] = ()
    """Other adjectives, kept for models that take any word."""
    place: str | None = None
    """Where on the sheet: top, bottom left, centre ..."""
    exact: bool = True
    """Whether the number was said; that of a plural without one is a choice."""


Item = tuple[Literal["thing", "text"], int]
"""A thing by its index in ``things``, or a string by its number."""


@dataclass(frozen=True)
class Link:
    """``subject relation object``."""

    subject: Item
    relation: Relation
    object: Item
    loose: bool = False
    """Whether it only guides where they stand: what was said is another relation."""


@dataclass
class Wish:
    """Everything that was read."""

    things: list[Mention] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    text_places: dict[int, str] = field(default_factory=dict)
    """Place on the sheet of a string, by its number."""
    background: str | None = None
    sheet: str | None = None
    """Colour of the sheet itself: "a green card"."""
    excluded: list[str] = field(default_factory=list)
    """Things the person does not want."""
    carrier: str | None = None
    """The noun for the sheet as a whole: poster, sign, picture ..."""
    letters: str | None = None
    """Colour of the letters."""
    grounds: list[str] = field(default_factory=list)
    """Where or when it all is, in the person's words."""
    styles: list[str] = field(default_factory=list)
    """Manners of the whole, in the person's words."""
    unwanted_strings: list[str] = field(default_factory=list)
    """Strings that are not to be shown."""


def known_to(wish: Wish, lexicon: Lexicon) -> Wish:
    """The wish with each thing under the word that a generator has for it."""
    things = []
    for mention in wish.things:
        known = lexicon.thing(mention.word)
        things.append(replace(mention, thing=known or mention.thing, known=known is not None))
    return replace(wish, things=things)


def read_scene(masked: str, lexicon: Lexicon) -> Wish:
    """Read a masked request (see ``wording``): things, relations, places, background."""
    return _Reader(tokenize(masked), lexicon).read()


class _Reader:
    def __init__(self, tokens: list[Token], lexicon: Lexicon) -> None:
        self._tokens = tokens
        self._lexicon = lexicon
        self._wish = Wish()
        self._items: list[Item] = []
        self._group: list[Item] = []
        """Items joined by "and" or a comma, latest last: together the subject of a relation."""
        self._joined = False
        self._pending: tuple[str, list[Item]] | None = None
        self._fronted: tuple[str, Item | None] | None = None
        """A relation that came before its subject: "above a star is ..."."""
        self._subjects: list[Item] = []

    def read(self) -> Wish:
        k = 0
        while k < len(self._tokens):
            token = self._tokens[k]
            if token.kind is Kind.WORD:
                k = self._words(k)
                continue
            if token.kind is Kind.TEXT:
                self._meet(("text", int(token.value)))
            elif token.kind is Kind.RELATION:
                self._relation(token.value)
            elif token.kind is Kind.PLACE:
                self._place(token.value)
            elif token.kind is Kind.BACKGROUND:
                self._wish.background = _colour_of(token.value.split())
            elif token.text == ",":
                self._joined = True
            else:
                self._group, self._pending, self._joined = [], None, False
            k += 1
        return self._wish

    def _words(self, k: int) -> int:
        """Read words from ``k``: a conjunction, a pronoun, a negation or a noun phrase."""
        word = self._tokens[k].text
        if word == "and":
            self._joined = True
            return k + 1
        if word in PRONOUNS and self._pending:
            self._pronoun()
            return k + 1
        if word in NEGATIONS:
            return self._negation(k + 1)
        if word == "between" and len(self._items) >= 1:
            self._pending = ("between", self._group[-1:] or self._items[-1:])
            return k + 1
        if word == "for":
            return self._topic(k + 1)
        if is_verb(word) and not self._lexicon.thing(word):
            return k + 1  # "a dragon guarding a chest": what it does is no thing.
        if word in STOPS:
            if word not in ("is", "are", "stands", "sits", "standing", "sitting", "placed"):
                self._joined = False
            return k + 1
        phrase, end = self._phrase(k)
        definite = bool(phrase) and phrase[0] in ("the", "that", "this")
        if definite and phrase[-1] in TEXT_WORDS and self._refers_to_text(end):
            return end
        mention = self._mention(phrase)
        if mention is not None:
            self._thing(mention, definite=definite)
        return max(end, k + 1)

    def _refers_to_text(self, k: int) -> bool:
        """Take "the words" for the string met last, unless a string follows at once."""
        texts = [item for item in self._items if item[0] == "text"]
        following = self._tokens[k].kind if k < len(self._tokens) else None
        if not texts or following is Kind.TEXT:
            return False
        if self._pending or self._fronted:
            self._meet(texts[-1])
        else:
            self._group = [texts[-1]]
        return True

    def _topic(self, k: int) -> int:
        """Skip what a sheet is for ("for a bake sale"), unless the model can draw it."""
        words, end = self._phrase(k)
        return k if self._holds_thing(words) or not self._wish.carrier else max(k, end)

    def _phrase(self, k: int) -> tuple[list[str], int]:
        """The words of one noun phrase, from ``k``."""
        words: list[str] = []
        while k < len(self._tokens) and self._tokens[k].kind is Kind.WORD:
            word = self._tokens[k].text
            if word == "and" and self._joins_colours(words, k):
                k += 1
                continue
            if word == "of" and words and words[-1] in GROUPS:
                if words[-1] not in NUMBERS:
                    words.pop()
                k += 1
                continue
            if word == "of" and words and words[-1] in CARRIERS:
                self._carrier(words)
                words.clear()
                k += 1
                continue
            if word in STOPS or word in NEGATIONS or word in PRONOUNS:
                break
            if words and word in DETERMINERS:
                break
            if words and is_verb(word) and not self._lexicon.thing(word):
                break
            words.append(word)
            k += 1
        return words, k

    def _joins_colours(self, words: list[str], k: int) -> bool:
        """Whether "and" stands between two colours of one thing."""
        following = self._tokens[k + 1 : k + 3]
        return (
            bool(words)
            and canonical(words[-1]) is not None
            and len(following) == 2
            and canonical(following[0].text) is not None
            and following[1].kind is Kind.WORD
            and following[1].text not in STOPS
        )

    def _mention(self, words: list[str]) -> Mention | None:
        determined = bool(words) and (words[0] in DETERMINERS or words[0] in NUMBERS)
        counts = [
            NUMBERS[w] if w in NUMBERS else int(w) for w in words if w in NUMBERS or w.isdecimal()
        ]
        rest = [w for w in words if w not in DETERMINERS and w not in NUMBERS and not w.isdecimal()]
        if rest and singular(rest[-1]) in CARRIERS and not self._lexicon.thing(rest[-1]):
            held = self._holds_thing(rest[:-1])
            self._carrier(rest[-1:] if held else rest)
            return self._mention(rest[:-1]) if held else None
        head = next((k for k in range(len(rest) - 1, -1, -1) if self._lexicon.thing(rest[k])), None)
        known = head is not None
        if head is None:
            if not rest or canonical(rest[-1]) or rest[-1] in SIZES or rest[-1] in MODIFIERS:
                return None
            if not determined and not counts and not _colour_of(rest[:-1]) and len(rest) > 3:
                return None
            head = len(rest) - 1
        word = singular(rest[head])
        adjectives = rest[:head]
        return Mention(
            thing=self._lexicon.thing(rest[head]) or word,
            word=word,
            known=known,
            colour=_colour_of(adjectives),
            count=max(1, min(MAX_COUNT, counts[0])) if counts else 1,
            size=next((SIZES[w] for w in adjectives if w in SIZES), None),
            extra=tuple(
                w for w in adjectives if w not in SIZES and not canonical(w) and w not in MODIFIERS
            ),
        )

    def _carrier(self, words: list[str]) -> None:
        """Take what the sheet is and, of "a green birthday card", its colour."""
        self._wish.carrier = self._wish.carrier or singular(words[-1])
        if words[-1] not in TEXT_WORDS:
            self._wish.sheet = self._wish.sheet or _colour_of(words[:-1])

    def _holds_thing(self, words: list[str]) -> bool:
        return any(self._lexicon.thing(word) for word in words)

    def _thing(self, mention: Mention, *, definite: bool) -> None:
        for k, other in enumerate(self._wish.things):
            same = other.thing == mention.thing and mention.colour in (None, other.colour)
            if definite and same:
                if self._pending or self._fronted:
                    self._meet(("thing", k))
                else:
                    self._group, self._subjects = [("thing", k)], [("thing", k)]
                    self._joined = False
                return
        self._wish.things.append(mention)
        self._meet(("thing", len(self._wish.things) - 1))

    def _meet(self, item: Item) -> None:
        """Take up an item: it may be the object of a waiting relation, or join the group."""
        if self._pending:
            relation, subjects = self._pending
            self._link(subjects, relation, item)
            if relation == "between":
                self._pending = ("between far", subjects)
            else:
                self._pending = None
            self._subjects = subjects
            self._group = [item]
        elif self._fronted:
            relation, target = self._fronted
            if target is None:
                self._fronted = (relation, item)
            else:
                self._link([item], relation, target)
                self._fronted = None
            self._group = [item]
        else:
            self._group = [*self._group, item] if self._joined else [item]
        self._joined = False
        self._items.append(item)

    def _relation(self, relation: str) -> None:
        if self._joined and self._subjects:
            self._pending = (relation, self._subjects)
        elif self._group:
            self._pending = (relation, list(self._group))
        elif self._items and not self._joined:
            self._pending = (relation, self._items[-1:])
        else:
            self._fronted = (relation, None)
        self._joined = False

    def _pronoun(self) -> None:
        """ "with the words above it": the object is the thing met before the subject."""
        if not self._pending:
            return
        relation, subjects = self._pending
        subjects = subjects[-1:]
        earlier = [item for item in self._items if item not in subjects]
        things = [item for item in earlier if item[0] == "thing"]
        if things or earlier:
            self._link(subjects, relation, (things or earlier)[-1])
        self._pending = None

    def _place(self, place: str) -> None:
        for kind, index in self._group or self._items[-1:]:
            if kind == "text":
                self._wish.text_places[index] = place
            else:
                self._wish.things[index] = replace(self._wish.things[index], place=place)
        self._group = []

    def _link(self, subjects: list[Item], relation: str, target: Item) -> None:
        for subject in subjects:
            if subject == target:
                continue
            for name, left, right in _simple(relation, subject, target):
                self._wish.links.append(Link(left, name, right))

    def _negation(self, k: int) -> int:
        """Skip what is not wanted, up to the next comma, "but" or "just"."""
        while k < len(self._tokens):
            token = self._tokens[k]
            if token.kind is Kind.PUNCTUATION or token.text in ("but", "just", "only", "instead"):
                return k + 1
            if token.kind is Kind.WORD and (thing := self._lexicon.thing(token.text)):
                self._wish.excluded.append(thing)
            k += 1
        return k


def _simple(relation: str, subject: Item, target: Item) -> Iterator[tuple[Relation, Item, Item]]:
    match relation:
        case "behind":
            yield "in front of", target, subject
        case "between":
            yield "right of", subject, target
        case "between far":
            yield "left of", subject, target
        case (
            "left of" | "right of" | "above" | "below" | "inside" | "in front of" | "beside" | "on"
        ):
            yield relation, subject, target
        case _:
            return


def _colour_of(words: list[str]) -> str | None:
    """The colour that some words name: two-word names first ("sky blue"), then the first."""
    for left, right in pairwise(words):
        if name := canonical(f"{left} {right}"):
            return name
    plain = [re.sub(r"-?colou?red$", "", word) for word in words]
    return next((name for word in plain if (name := canonical(word))), None)
