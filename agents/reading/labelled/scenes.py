"""The scene of a labelled item: things with what is said of them, relations, places, strings."""

from __future__ import annotations

import re

from maquette.agents.reading.labelled import standing, values
from maquette.agents.reading.labelled.labelled import Labelled, is_mark, unmasked
from maquette.agents.reading.labelled.mentions import mentions_of
from maquette.agents.reading.labelled.parts import parts_of
from maquette.agents.reading.labelled.said import (
    ABSENT,
    CONTENT,
    NOT_UNDERSTOOD,
    Account,
    SceneRead,
)
from maquette.agents.reading.wording import PLACEHOLDER, normal
from maquette.words.lexicon import singular
from maquette.words.stopwords import CARRIERS, TEXT_WORDS, all_function_words

_LIKE = re.compile(
    r"\b(?:in the style of|inspired by|so-called|based on|known as)\s*(?:the\s+)?\W*$",
    re.IGNORECASE,
)
_SHEETS = frozenset(CARRIERS) - frozenset(TEXT_WORDS)
_NO_SHEET = ("picture", "photo", "image")
_BEHIND = re.compile(
    r"\b(?:background|backdrop|paper|sky|hintergrund|himmel|papier|fondo)\b|背景|底|天空",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"sky|himmel|天空|gradient|verlauf|渐变", re.IGNORECASE)
"""Of what is shown as one colour behind all, and is more than that."""
PART = "a part of a thing is not drawn or checked by itself"
_WORD = re.compile(r"[^\W\d_]+")


def read_scene_of(labelled: Labelled) -> SceneRead:
    """Everything that an item wants to be seen. Each of its pieces is used or said."""
    return _Builder(labelled).build()


class _Builder:
    def __init__(self, labelled: Labelled) -> None:
        self._it = labelled
        self._language = labelled.language
        self._book = Account(labelled)
        self._read = self._book.read
        self._say = self._book.say

    def build(self) -> SceneRead:
        self._strings()
        self._denials()
        parts = self._parts()
        for k, piece in list(self._book.of(*self._nouns)):
            if k in parts or self._is_text(k) or not piece.text.strip():
                continue
            if self._carries(k):
                self._book.use(k)
            else:
                self._thing(k)
        self._letters()
        self._sheet()
        self._grounds()
        standing.relate(self._book)
        standing.place(self._book)
        self._rest()
        return self._read

    @property
    def _nouns(self) -> tuple[str, ...]:
        """Labels of things to be drawn: where a new picture is made, no target is another's."""
        return ("thing", "target") if self._it.kind in ("image", "image_text") else ("thing",)

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

    def _denials(self) -> None:
        """What is denied, with what is said of a thing that is: it is told, and nothing of it is
        built."""
        denied = [k for k, _ in self._it.of(*CONTENT) if self._it.denied(k)]
        for k in denied:
            piece = self._it.pieces[k]
            if piece.label != "thing":
                self._say(k, ABSENT, f"not {piece.text}")
                continue
            own = [n for n, _ in self._book.belonging(k, *CONTENT) if n not in denied]
            near = [n for n in own if self._it.pieces[n].end <= piece.start]
            said = " ".join(self._it.pieces[n].text for n in near)
            self._book.use(*near)
            self._read.wish.excluded.append(singular(piece.text.lower()))
            self._say(k, ABSENT, " ".join(filter(None, ("no", said, piece.text))))
        for k, piece in self._it.of("not"):
            if not piece.heads:
                rest = self._it.text[piece.start : piece.end + 30]
                self._say(k, "what is denied is not understood", rest)

    def _parts(self) -> set[int]:
        """Things that are parts of others; they are only told."""
        found = parts_of(self._it)
        for k, (n, words) in found.items():
            self._say(n, PART, words)
            told = [one for one, _ in self._book.belonging(k, *CONTENT)]
            self._book.use(k, n)
            for one in told:
                text = self._it.pieces[one].text
                if text in words:
                    self._book.use(one)
                else:
                    self._say(one, PART, f"{text} ({words})")
        return set(found)

    def _carries(self, k: int) -> bool:
        """Whether a thing is the sheet that the strings stand on: it is set, not drawn. One that
        stands to another thing is a thing of the scene."""
        words = self._it.pieces[k].text.lower().split()
        name = singular(words[-1]) if words else ""
        if name not in _SHEETS or not self._read.shown or any(self._it.of("carrier")):
            return False
        for n, _ in self._it.of("rel"):
            both = (*self._it.heads_of(n), *self._it.objects_of(n))
            if k in self._it.objects_of(n) and any(o in self._it_things() - {k} for o in both):
                return False
        self._read.wish.carrier = self._read.wish.carrier or name
        return True

    def _it_things(self) -> set[int]:
        return {k for k, _ in self._it.of("thing") if not self._it.denied(k)}

    def _thing(self, k: int) -> None:
        self._read.things[k] = []
        for mention in mentions_of(self._book, k):
            self._read.wish.things.append(mention)
            self._read.things[k].append(len(self._read.wish.things) - 1)

    def _sheet(self) -> None:
        wish = self._read.wish
        for k, piece in self._it.of("carrier"):
            told = self._sort(piece.text)
            wish.carrier = wish.carrier or told
            sheet = told in _SHEETS and told not in _NO_SHEET
            own = values.colours_of(piece.text, self._language)
            if own and sheet:
                wish.sheet = wish.sheet or own[0]  # "green card" as one piece
            for n, colour in self._book.belonging(k, "colour"):
                named = values.colours_of(colour.text, self._language)
                if not named:
                    self._say(n, "this colour is not known")
                elif sheet:
                    self._set(n, "sheet", named[0])
                else:
                    self._set(n, "background", named[0])

    def _sort(self, text: str) -> str:
        """What people call a sheet, in one English word."""
        words = text.lower().split()
        known = values.meaning(text.lower(), "carrier", self._language)
        return known or (singular(words[-1]) if words else "")

    def _set(self, n: int, name: str, colour: str) -> None:
        """The colour of the sheet or of what lies behind; only one can be."""
        wish = self._read.wish
        if getattr(wish, name) in (None, colour):
            setattr(wish, name, colour)
            self._book.use(n)
        else:
            self._say(n, "it has another colour, too")

    def _letters(self) -> None:
        """The colour of the letters: of their words, or of what they are called ("the text")."""
        inks: dict[int, str] = {}
        for n, piece in list(self._book.of("colour")):
            heads = self._it.heads_of(n) or self._of_neighbours(n)
            named = values.colours_of(piece.text, self._language)
            if not any(k in self._read.strings or self._is_text(k) for k in heads):
                continue
            if not named:
                self._say(n, "this colour is not known")
            elif self._read.shown:
                inks[n] = named[0]
        several = len(set(inks.values())) > 1
        for n, colour in inks.items():
            if several:
                self._say(n, "all letters have one colour", self._it.with_heads(n))
            else:
                self._read.wish.letters = colour
                self._book.use(n)

    def _of_neighbours(self, n: int) -> tuple[int, ...]:
        """What a colour without a head is of: "big yellow capitals", of whose letters the words
        beside it tell the manner."""
        near = [k for k, _ in self._it.of("style") if abs(k - n) == 1]
        return tuple(head for k in near for head in self._it.heads_of(k))

    def _is_text(self, k: int) -> bool:
        """Whether a piece only calls the letters by a name: "the text"."""
        piece = self._it.pieces[k]
        named = ("ref", "cue", "target", "carrier")
        words = {self._sort(piece.text), *piece.text.lower().split()[-1:]}
        return piece.label in named and bool(words & TEXT_WORDS)

    def _grounds(self) -> None:
        wish = self._read.wish
        for k, piece in list(self._book.of("ground")):
            text = values.placed(piece.text, self._language)
            colours = values.colours_of(piece.text, self._language)
            for n, colour in self._book.belonging(k, "colour"):
                named = values.colours_of(colour.text, self._language)
                colours += named
                if named:
                    self._book.use(n)
                else:
                    self._say(n, "this colour is not known", f"{colour.text} ({piece.text})")
            behind = _BEHIND.search(piece.text)
            self._book.use(k)
            if not colours or not (behind or values.only_colour(piece.text, self._language)):
                wish.grounds.append(text)
                self._read.grounds.append(k)
                if colours:
                    self._say(k, "a place has its own colours", f"{colours[0]} ({text})")
                continue
            known = wish.background
            wish.background = known or colours[0]
            if len(colours) > 1 or known not in (None, colours[0]) or _PLAIN.search(piece.text):
                self._say(k, "one plain colour lies behind", self._with_colours(k))

    def _with_colours(self, k: int) -> str:
        told = [piece.text for n, piece in self._it.belonging(k, "colour")]
        return " ".join([*told, self._it.pieces[k].text])

    def _rest(self) -> None:
        """What is said of the whole, and all that nothing has used: it is the law."""
        for k, piece in list(self._book.of("style")):
            self._read.wish.styles.append(piece.text)
            self._say(k, "no judge knows this style")
        for k in self._book.open_pieces():
            labels = [self._it.pieces[head].label for head in self._it.heads_of(k)]
            why = "no judge can check it of letters" if "words" in labels else NOT_UNDERSTOOD
            self._say(k, why, self._it.with_heads(k))
        for k, piece in self._it.of("ref"):
            plain = all(w in all_function_words() for w in _WORD.findall(piece.text.lower()))
            if not piece.heads and not plain and not self._is_text(k):
                self._say(k, "what is meant is not understood")


def unmarked(text: str, strings: tuple[str, ...]) -> str:
    """A text with its hidden strings put back, in quotes."""
    if not any(is_mark(c, strings) for c in text):
        return text
    head = " " if text[:1].isspace() else ""
    tail = " " if text[-1:].isspace() else ""
    return f"{head}{unmasked(text, strings)}{tail}"
