"""The scene of a labelled item: things with what is said of them, relations, places, strings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from maquette.agents.reading.labelled import values
from maquette.agents.reading.labelled.labelled import Labelled, is_mark, unmasked
from maquette.agents.reading.labelled.parts import parts_of
from maquette.agents.reading.labelled.stacks import bearers, nearest
from maquette.agents.reading.scene import Item, Link, Mention, Relation, Wish
from maquette.agents.reading.showing import without_nouns
from maquette.agents.reading.wording import PLACEHOLDER, normal
from maquette.words.lexicon import singular
from maquette.words.stopwords import CARRIERS, TEXT_WORDS

PLURAL = 3
"""How many things a plural without a number shows."""
MAX_COUNT = 99
_LIKE = re.compile(
    r"\b(?:in the style of|inspired by|so-called|based on|known as)\s*(?:the\s+)?\W*$",
    re.IGNORECASE,
)
_SHEETS = frozenset(CARRIERS) - frozenset(TEXT_WORDS)


@dataclass(frozen=True)
class SaidOnly:
    """Something that was said and that no picture can surely be made to hold, by its piece."""

    piece: int
    words: str
    why: str


@dataclass
class SceneRead:
    """The scene of an item."""

    wish: Wish
    shown: tuple[str, ...]
    """Strings to be seen, in their order."""
    masked: str
    """The item's words with every string to be seen as a private character."""
    said: list[SaidOnly] = field(default_factory=list)
    things: dict[int, list[int]] = field(default_factory=dict)
    """The things of the wish that each piece gave, by the piece's number."""
    strings: dict[int, int] = field(default_factory=dict)
    """The string that each piece is."""
    grounds: list[int] = field(default_factory=list)
    """The pieces of the wish's grounds."""


def read_scene_of(labelled: Labelled) -> SceneRead:
    """Everything that an item wants to be seen."""
    return _Builder(labelled).build()


class _Builder:
    def __init__(self, labelled: Labelled) -> None:
        self._it = labelled
        self._language = labelled.language
        self._read = SceneRead(wish=Wish(), shown=(), masked=labelled.text)
        self._part_relations: set[int] = set()

    def build(self) -> SceneRead:
        self._strings()
        parts = self._parts()
        for k, piece in self._it.of("thing"):
            if k in parts:
                continue
            if self._it.denied(k):
                self._deny(k)
            elif not self._carries(k) and piece.text.strip():
                self._thing(k)
        self._sheet()
        self._grounds()
        self._relations()
        self._places()
        self._rest()
        return self._read

    def _say(self, k: int, why: str, words: str | None = None) -> None:
        told = self._it.plain(words or self._it.pieces[k].text)[:400]
        if told:
            self._read.said.append(SaidOnly(k, told, why))

    def _strings(self) -> None:
        """Strings to be seen; the text with each of them, and no other, as a private character."""
        shown: list[str] = []
        out, position = [], 0
        text = self._it.text
        for k, piece in self._it.of("words"):
            out.append(unmarked(text[position : piece.start], self._it.strings))
            position = piece.end
            wanted = self._string_of(piece.text)
            if _LIKE.search(text[: piece.start]):  # "in the style of": a name, not words to be set
                out.append(f'"{wanted}"')
                self._read.wish.styles.append(wanted)
                self._say(k, "no judge knows this style", wanted)
                continue
            if self._it.denied(k) or not any(not c.isspace() for c in wanted):
                out.append(f'"{wanted}"')
                self._read.wish.unwanted_strings.append(wanted)
                self._say(k, "it is not to be shown", f'no "{wanted}"')
                continue
            self._read.strings[k] = len(shown)
            out.append(f" {chr(PLACEHOLDER + len(shown))} ")
            shown.append(wanted)
        out.append(unmarked(text[position:], self._it.strings))
        self._read.shown = tuple(shown)
        self._read.masked = " ".join("".join(out).split())

    def _string_of(self, text: str) -> str:
        if len(text) == 1 and is_mark(text, self._it.strings):
            return self._it.strings[ord(text) - PLACEHOLDER]
        return normal(unmarked(text, self._it.strings)).strip(" ,;:")

    def _parts(self) -> set[int]:
        """Things that are parts of others; they are only told."""
        found = parts_of(self._it)
        for n, words in found.values():
            self._say(n, "a part of a thing is not drawn or checked by itself", words)
        self._part_relations = {n for n, _ in found.values()}
        return set(found)

    def _deny(self, k: int) -> None:
        piece = self._it.pieces[k]
        self._read.wish.excluded.append(singular(piece.text.lower()))
        self._say(k, "nobody can surely tell that it is absent", f"no {piece.text}")

    def _carries(self, k: int) -> bool:
        """Whether a thing is the sheet that the strings stand on: it is set, not drawn."""
        words = self._it.pieces[k].text.lower().split()
        name = singular(words[-1]) if words else ""
        if name not in _SHEETS or not self._read.shown or any(self._it.of("carrier")):
            return False
        self._read.wish.carrier = self._read.wish.carrier or name
        return True

    def _thing(self, k: int) -> None:
        base = self._mention(k)
        groups = self._groups(k, base)
        self._read.things[k] = []
        for mention in groups:
            self._read.wish.things.append(mention)
            self._read.things[k].append(len(self._read.wish.things) - 1)

    def _mention(self, k: int) -> Mention:
        piece = self._it.pieces[k]
        words = piece.text.split()
        if self._language == "en":
            words = [re.sub(r"[^\w'’-]", "", word.lower()) for word in words]
            words = [word for word in words if word] or [piece.text.lower()]
            noun = without_nouns(singular(words[-1]))
            plural = noun != words[-1] or words[-1] in ("people", "children", "men", "women")
        else:
            words, noun, plural = [piece.text], piece.text, False
        count, exact = (PLURAL, False) if plural else (1, True)
        before: list[str] = []
        for n, attr in self._it.belonging(k, "attr"):
            if self._it.denied(n):
                self._say(n, "nobody can surely tell that it is absent", f"not {attr.text}")
            elif (named := values.pattern_of_words(attr.text, self._language)) is not None:
                before.append(named)
            elif attr.end <= piece.start and len(attr.text.split()) <= 2 and self._language == "en":
                before += attr.text.lower().split()
            else:
                self._say(n, "no judge can check it", f"{attr.text} ({piece.text})")
        size = None
        for n, told in self._it.belonging(k, "size"):
            size = values.size_of(told.text, self._language)
            if size is None:
                self._say(n, "this size is not known")
        patterns = self._patterns(k)
        return Mention(
            thing=noun,
            word=noun,
            known=False,
            count=count,
            size=size,
            extra=(*patterns, *before, *words[:-1]),
            exact=exact,
        )

    def _nearest(self, n: int) -> int:
        """The thing that a number counts: of several the next one after it."""
        heads, at = self._it.heads_of(n), self._it.pieces[n].end
        return min(heads, key=lambda k: (self._it.pieces[k].start < at, self._it.pieces[k].start))

    def _patterns(self, k: int) -> list[str]:
        found = []
        for n, told in self._it.belonging(k, "pattern"):
            named = values.pattern_of_words(told.text, self._language)
            if named is None:
                self._say(n, "this pattern is not known")
            elif named != "plain":
                found.append(named)
        return found

    def _groups(self, k: int, base: Mention) -> list[Mention]:
        """The thing with its number and colour; several of them where it has several of each."""
        counts, exacts = [], []
        for n, told in self._it.belonging(k, "count"):
            if self._nearest(n) != k:
                continue
            number, exact = values.count_of(told.text, self._language)
            if number is None:
                self._say(n, "this number is not understood")
            else:
                counts.append(min(number, MAX_COUNT))
                exacts.append(exact)
        colours: list[str] = []
        for n, told in self._it.belonging(k, "colour"):
            named = values.colours_of(told.text, self._language)
            if self._it.denied(n):
                self._say(n, "nobody can surely tell that it is not so", f"not {told.text}")
            elif not named:
                self._say(n, "this colour is not known")
            else:
                colours.append(named[0])
                if len(named) > 1 or not values.only_colour(told.text, self._language):
                    self._say(n, "only one colour of a thing can be set and checked")
        if len(colours) > 1 and len(counts) in (len(colours), len(colours) + 1):
            numbers = counts[-len(colours) :]
            pairs = zip(numbers, colours, strict=True)
            return [replace(base, count=c, colour=colour, exact=True) for c, colour in pairs]
        if len(colours) > 1 and counts and counts[0] == len(colours):
            return [replace(base, count=1, colour=colour, exact=True) for colour in colours]
        if len(colours) > 1 and not counts and base.count > 1:  # "red and blue balls"
            return [replace(base, count=2, colour=colour, exact=False) for colour in colours]
        for extra in colours[1:]:
            self._say(
                k, "only one colour of a thing can be set and checked", f"{extra} {base.word}"
            )
        number = counts[0] if counts else base.count
        exact = exacts[0] if counts else base.exact
        return [replace(base, count=number, colour=next(iter(colours), None), exact=exact)]

    def _sheet(self) -> None:
        wish = self._read.wish
        for k, piece in self._it.of("carrier"):
            name = singular(piece.text.lower().split()[-1]) if piece.text.split() else ""
            told = values.meaning(piece.text.lower(), "carrier", self._language) or name
            wish.carrier = wish.carrier or told
            own = values.colours_of(piece.text, self._language)
            if own and told in _SHEETS and told not in ("picture", "photo", "image"):
                wish.sheet = wish.sheet or own[0]  # "green card" as one piece
            for n, colour in self._it.belonging(k, "colour"):
                named = values.colours_of(colour.text, self._language)
                if not named:
                    self._say(n, "this colour is not known")
                elif told in TEXT_WORDS:
                    wish.letters = wish.letters or named[0]
                elif told in _SHEETS and told not in ("picture", "photo", "image"):
                    wish.sheet = wish.sheet or named[0]
                else:
                    wish.background = wish.background or named[0]
        for k, _ in self._it.of("words", "target"):
            for n, colour in self._it.belonging(k, "colour"):
                named = values.colours_of(colour.text, self._language)
                if named and self._it.pieces[k].label == "words":
                    wish.letters = wish.letters or named[0]
                elif not named:
                    self._say(n, "this colour is not known")

    def _grounds(self) -> None:
        for k, piece in self._it.of("ground"):
            if self._it.denied(k):
                self._say(k, "nobody can surely tell that it is absent", f"no {piece.text}")
                continue
            named = values.colours_of(piece.text, self._language)
            for _, colour in self._it.belonging(k, "colour"):
                named += values.colours_of(colour.text, self._language)
            plain = re.search(
                r"\b(?:background|backdrop|paper|sky|hintergrund|fondo)\b|背景|底", piece.text, re.I
            )
            if named and (plain or values.only_colour(piece.text, self._language)):
                self._read.wish.background = self._read.wish.background or named[0]
                if re.search(r"gradient|verlauf|渐变", piece.text, re.I):
                    self._say(k, "one colour lies behind")
            else:
                self._read.wish.grounds.append(piece.text)
                self._read.grounds.append(k)

    def _relations(self) -> None:
        for k, piece in self._it.of("rel"):
            if k in self._part_relations:
                continue
            name, exact = values.relation_of(piece.text, self._language)
            subjects = self._items(bearers(self._it, k))
            objects = self._items(self._it.objects_of(k))
            if not subjects and objects:
                subjects = self._before(piece.start, objects)
            if name is None or not subjects or not objects:
                if not self._place_by_relation(k, subjects):
                    words = self._it.text[piece.start : piece.end]
                    self._say(k, "what stands so, and to what, is not understood", words)
                continue
            if not exact:
                whole = self._it.text[piece.start : self._end_of(k)]
                self._say(k, "no judge can check it", whole)
            if re.search(r"\bwear", piece.text, re.IGNORECASE):  # worn: a hat is on a head
                subjects, objects = objects, subjects
            self._link(subjects, name, objects, loose=not exact)
        self._read.wish.links = nearest(self._read.wish.links)

    def _end_of(self, k: int) -> int:
        ends = [self._it.pieces[n].end for n in self._it.pieces[k].objects]
        piece = self._it.pieces[k]
        return max([piece.end, *(end for end in ends if end - piece.end < 40)])

    def _place_by_relation(self, k: int, subjects: list[Item]) -> bool:
        """A relation without an object that is a place on the sheet: "on the left"."""
        place = values.place_of(self._it.pieces[k].text, self._language)
        if place is None or not subjects:
            return False
        self._put(subjects, place)
        return True

    def _link(self, subjects: list[Item], name: str, objects: list[Item], *, loose: bool) -> None:
        links = self._read.wish.links
        for subject in subjects:
            if name == "between":
                names: list[Relation] = ["right of", "left of"]
                links += [
                    Link(subject, one, target)
                    for one, target in zip(names, objects, strict=False)
                    if target != subject
                ]
                continue
            for target in objects[:2]:
                if subject == target:
                    continue
                if name == "behind":
                    links.append(Link(target, "in front of", subject, loose))
                else:
                    links.append(Link(subject, name, target, loose))  # type: ignore[arg-type]

    def _items(self, pieces: tuple[int, ...]) -> list[Item]:
        found: list[Item] = []
        for k in pieces:
            if k in self._read.strings:
                found.append(("text", self._read.strings[k]))
            elif k in self._read.things:
                found += [("thing", n) for n in self._read.things[k]]
            elif self._it.pieces[k].label == "ref":
                found += self._before(self._it.pieces[k].start, [])
        return found

    def _before(self, start: int, but: list[Item]) -> list[Item]:
        """The nearest thing or string before a place of the text."""
        known = [*self._read.things, *self._read.strings]
        earlier = [k for k in known if self._it.pieces[k].end <= start]
        for k in sorted(earlier, reverse=True):
            items = [item for item in self._items((k,)) if item not in but]
            if items:
                return items
        return []

    def _places(self) -> None:
        for k, piece in self._it.of("place"):
            place = values.place_of(piece.text, self._language)
            items = self._items(self._it.heads_of(k)) or self._before(piece.start, [])
            if place is None or not items:
                self._say(k, "this place is not understood")
            else:
                self._put(items, place)

    def _put(self, items: list[Item], place: str) -> None:
        wish = self._read.wish
        for kind, index in items:
            if kind == "text":
                wish.text_places[index] = place
            else:
                wish.things[index] = replace(wish.things[index], place=place)

    def _rest(self) -> None:
        """What is said of the whole, and of nothing that is shown."""
        for k, piece in self._it.of("style"):
            self._read.wish.styles.append(piece.text)
            self._say(k, "no judge knows this style")
        for k, _ in self._it.of("attr", "count", "size", "pattern"):
            heads = self._it.heads_of(k)
            if not any(self._it.pieces[head].label in ("thing", "target") for head in heads):
                words = any(self._it.pieces[head].label == "words" for head in heads)
                self._say(
                    k, "no judge can check it of letters" if words else "it is not understood"
                )
        for k, _ in self._it.of("colour"):
            if not self._it.heads_of(k):
                self._say(k, "what has this colour is not understood")
        for k, piece in self._it.of("not"):
            if not piece.heads:
                rest = self._it.text[piece.start : piece.end + 30]
                self._say(k, "what is denied is not understood", rest)


def unmarked(text: str, strings: tuple[str, ...]) -> str:
    """A text with its hidden strings put back, in quotes."""
    if not any(is_mark(c, strings) for c in text):
        return text
    head = " " if text[:1].isspace() else ""
    tail = " " if text[-1:].isspace() else ""
    return f"{head}{unmasked(text, strings)}{tail}"
