"""A request as clauses: runs of words between pauses, each with the slots that stand in it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from maquette.agents.tool_planning.request.likeness import EMPTY, key_of, phrases
from maquette.agents.tool_planning.request.slots import Slot, find_slots
from maquette.words.word_set import word_set

MAX_CHARACTERS = 4_000
"""Of a request, as many are read."""
KINDS = Path(__file__).with_name("kinds.json")
_PIECE = re.compile(r"\x00(\d+)\x00|\x01(\d+)\x01|[^\W\d_][\w'’-]*|\d[\w.,%]*|[.!?;:,()\n]")
_PAUSES = word_set("and then while but finally afterwards also")
TOPICS = word_set("about regarding concerning how")
_HAVING = re.compile(
    r"^(?:hello|hi|dear \w+)?\W*(?:here(?: is|'s|’s)|there(?: is|'s)|"
    r"i(?:'ve| have|’ve)(?: got| found)?|"
    r"i (?:only )?attach(?:ed)?|my [\w ]+ is|the [\w ]+ (?:is|are)|attached)\b",
    re.IGNORECASE,
)
_WISH = re.compile(
    r"\b(?:(?:that |which |and )?i(?: would|['’]d)? (?:want|need|like)|i['’]d like|please|"
    r"(?:can|could) you|help me|to be)\b",
    re.IGNORECASE,
)
SOURCES = word_set("from of using with by based on in within through according combining for")
_OPENS = word_set("want like need me you have used be able how order try going wish is way love")
BARE = frozenset({"=get", "=find", "=make", "=convert"})
"""Keys of verbs that say nothing without the thing they are done to."""
TARGETS = word_set("to into as")


@dataclass(frozen=True)
class Word:
    """A word, or a slot in its place."""

    text: str
    key: str
    start: int
    slot: int | None = None
    kind: str = ""
    """The kind of thing it names, if it names one."""
    link: str = ""
    """``source``, ``target`` or ``topic``: how the preposition before it ties it to the clause."""


@dataclass
class Clause:
    """Words between two pauses."""

    words: list[Word]
    sentence: int
    given: bool = False
    """It only tells what there is; nothing is asked for in it."""
    pause: str = ""
    """The word or mark before it."""
    keys: frozenset[str] = field(default_factory=frozenset)

    @property
    def start(self) -> int:
        return self.words[0].start

    end: int = 0

    @property
    def slots(self) -> list[int]:
        return [word.slot for word in self.words if word.slot is not None]

    def text(self) -> str:
        """Its words, lower case, slots left out."""
        return " ".join(word.text for word in self.words if word.slot is None)


@dataclass(frozen=True)
class Heard:
    """A request cut into clauses."""

    text: str
    slots: tuple[Slot, ...]
    clauses: tuple[Clause, ...]


@lru_cache(maxsize=1)
def kinds() -> dict[str, str]:
    """Words for things, each with the kind of thing."""
    read: dict[str, list[str]] = json.loads(KINDS.read_text(encoding="utf-8"))
    return {word: kind for kind, words in read.items() for word in words}


def hear(text: str) -> Heard:
    """Cut a request into clauses.

    Commas, full stops and words such as "and" or "then" end a clause; phrases of several words
    that mean one thing count as one word.
    """
    text = text[:MAX_CHARACTERS]
    slots = find_slots(text)
    masked = list(text)
    marks: dict[int, str] = {}
    for number, slot in enumerate(slots):
        masked[slot.start : slot.end] = [" "] * (slot.end - slot.start)
        marks[slot.start] = f"s{number}"
    plain = "".join(masked)
    taken: list[tuple[int, int, str]] = []
    for pattern, key in phrases():
        for match in pattern.finditer(plain):
            if all(match.end() <= a or match.start() >= b for a, b, _ in taken):
                taken.append((match.start(), match.end(), key))
    return Heard(text, tuple(slots), tuple(_clauses(plain, slots, taken)))


def _pieces(plain: str, slots: list[Slot], taken: list[tuple[int, int, str]]) -> list[Word]:
    """Words, slots and marks in order of place."""
    known = kinds()
    found: list[Word] = []
    for number, slot in enumerate(slots):
        found.append(Word("", "", slot.start, number, slot.kind))
    for start, end, key in taken:
        last = plain[start:end].lower().split()[-1]
        found.append(Word(plain[start:end].lower(), key, start, None, known.get(last, "")))
    for match in _PIECE.finditer(plain):
        if any(a <= match.start() < b for a, b, _ in taken):
            continue
        word = match.group().lower().replace("’", "'")
        word = word.removesuffix("'s")
        key = "" if word in EMPTY or not word[0].isalpha() else key_of(word)
        found.append(Word(word, key, match.start(), None, known.get(word, "")))
    return sorted(found, key=lambda word: word.start)


def _clauses(plain: str, slots: list[Slot], taken: list[tuple[int, int, str]]) -> list[Clause]:
    found: list[Clause] = []
    words: list[Word] = []
    sentence, pause = 0, ""
    pieces = _pieces(plain, slots, taken)
    for k, piece in enumerate(pieces):
        mark = piece.slot is None and (piece.text in ".!?;:,()\n" or piece.text in _PAUSES)
        after = pieces[k + 1 : k + 4]
        if not mark or _lists(piece, words, after):
            words.append(piece)
            continue
        named = bool(after) and after[0].slot is not None and piece.text in ":("
        bare = bool(words) and not any(w.kind or w.slot is not None for w in words)
        unsaid = piece.text == "and" and bare and words[-1].key in BARE
        if piece.text == ")" or named or unsaid:
            continue  # A thing named after a colon or in brackets belongs to what is before.
        if words:
            found.append(_clause(words, sentence, pause, plain, slots))
        words, pause = [], piece.text
        sentence += piece.text in ".!?;\n"
    if words:
        found.append(_clause(words, sentence, pause, plain, slots))
    return found


def _infinitive(words: list[Word], place: int) -> bool:
    """Whether a "to" opens a verb ("want to cut"), rather than names what is reached."""
    before = words[place - 1].text if place else ""
    after = words[place + 1].key if place + 1 < len(words) else ""
    return place == 0 or before in _OPENS or after in BARE


def _lists(piece: Word, before: list[Word], after: list[Word]) -> bool:
    """Whether a word joins two things, rather than two clauses."""
    if piece.text != "and" or not before or not (before[-1].kind or before[-1].slot is not None):
        return False
    for word in after:
        if word.kind or word.slot is not None:
            return True
        if word.text not in EMPTY:
            return False
    return False


def _clause(words: list[Word], sentence: int, pause: str, plain: str, ends: list[Slot]) -> Clause:
    linked, link = [], ""
    for place, word in enumerate(words):
        if word.slot is None and word.text in TOPICS:
            link = "topic"
        elif word.slot is None and word.text in ("before", "after"):
            link = ""
        elif link == "topic":
            pass
        elif word.text == "for" and place and words[place - 1].key in BARE | {"looking"}:
            link = ""  # "search for": what is sought is done to, not made from
        elif word.slot is None and word.text in SOURCES:
            link = "source"
        elif word.text == "to" and _infinitive(words, place):
            link = ""
        elif word.slot is None and word.text in TARGETS:
            link = "target"
        linked.append(Word(word.text, word.key, word.start, word.slot, word.kind, link))
    last = words[-1]
    raw = plain[words[0].start : last.start + len(last.text)]
    given = bool(_HAVING.match(raw)) and not _WISH.search(raw)
    keys = frozenset(word.key for word in words if word.key)
    end = ends[last.slot].end if last.slot is not None else last.start + len(last.text)
    return Clause(linked, sentence, given, pause, keys, end)
