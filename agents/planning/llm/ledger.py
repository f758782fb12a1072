"""The ledger of a plan that a language model wrote: its claims, held against the plan itself.

The model says for each phrase of the request what it became. A claim counts only where the plan
shows it: the place it names must be there and must say the words, or what they are said to mean.
Words that no claim holds are looked for in the plan; what is found nowhere is *not understood*. So
a model cannot drop a word by leaving it out, and cannot call it politeness either.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from maquette.agents.planning.llm.text import clean
from maquette.agents.planning.llm.words import (
    GEOMETRY,
    is_content,
    is_polite,
    same,
    without_spaces,
    words_of,
)
from maquette.records.ledger import Ledger, LedgerEntry, Part
from maquette.records.plan import Loop, Plan, calls_of

MAX_CLAIMS = 400
MAX_MEANING = 200
PARTS = get_args(Part)
NOWHERE = "the plan says it nowhere"
_QUOTES = "\"'“”‘’«»„ "
_LITTLE = frozenset(["a", "an", "the", "of", "in", "on", "with", "and", "to", "as"])
Span = tuple[int, int]


@dataclass(frozen=True)
class Claim:
    """What a model says of some words of the request."""

    words: str
    part: str
    goes_to: str = ""
    meaning: str = ""


@dataclass(frozen=True)
class Account:
    """The ledger, and the words that asked for something and were silently dropped."""

    ledger: Ledger
    dropped: tuple[str, ...]
    kept: float
    """Share of the words with a wish that are in the plan, or said not to be understood."""


@dataclass
class _Book:
    """The request while it is accounted for."""

    text: str
    places: Mapping[str, str]
    criteria: frozenset[str]
    held: bytearray = field(init=False)
    entries: list[LedgerEntry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.held = bytearray(len(self.text))

    def put(self, start: int, end: int, part: Part, goes_to: str = "", meaning: str = "") -> None:
        """Write words down, once."""
        self.held[start:end] = b"\1" * (end - start)
        words = self.text[start:end]
        told = "" if meaning.casefold() == words.casefold() else meaning
        self.entries.append(
            LedgerEntry(words=words, start=start, end=end, part=part, goes_to=goes_to, meaning=told)
        )


def claims_of(value: Any) -> list[Claim]:
    """The claims of an answer; what is none is left out, and its words are then unaccounted for."""
    found = []
    for item in value[:MAX_CLAIMS] if isinstance(value, list) else ():
        told = (
            {key: item.get(key) for key in ("words", "part", "goes_to", "meaning")}
            if (isinstance(item, dict))
            else {}
        )
        if isinstance(told.get("words"), str) and told.get("part") in PARTS:
            places = {k: v if isinstance(v, str) else "" for k, v in told.items()}
            found.append(Claim(**{**places, "meaning": clean(places["meaning"], MAX_MEANING)}))
    return found


def account(claims: Sequence[Claim], plan: Plan, text: str) -> Account:
    """Every word of the request, with what became of it in the plan."""
    places, criteria = _places(plan)
    book = _Book(text, places, criteria)
    dropped: list[str] = []
    for claim in claims:
        found = _found(claim.words, book)
        if found is not None:
            dropped += _claimed(claim, found, book)
    dropped += _leftover(book)
    entries = tuple(sorted(book.entries, key=lambda entry: entry.start))
    return Account(Ledger(entries=entries), tuple(dropped), _kept(text, entries, dropped))


def _kept(text: str, entries: Sequence[LedgerEntry], dropped: Sequence[str]) -> float:
    asked = [span for span in words_of(text) if is_content(text, span)]
    lost = [entry for entry in entries if entry.part == "not_understood" and entry.words in dropped]
    gone = sum(any(one.start < end and start < one.end for one in lost) for start, end in asked)
    return 1 - gone / len(asked) if asked else 1.0


def _places(plan: Plan) -> tuple[dict[str, str], frozenset[str]]:
    """Where words can go in a plan, with what stands there; and which of them are criteria."""
    places: dict[str, str] = {}
    criteria: set[str] = set()
    for node in plan.nodes:
        for call in calls_of(node):
            for name, value in call.arguments.items():
                places[f"{call.id}.{name}"] = _said(value)
            places.setdefault(call.id, f"{call.tool} {_said(call.arguments)}")
        if isinstance(node, Loop):
            for criterion in node.criteria:
                told = criterion.model_dump(mode="json", exclude={"id"})
                places[criterion.id] = _said(told)
                criteria.add(criterion.id)
    return places, frozenset(criteria)


def _said(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _found(words: str, book: _Book) -> Span | None:
    """The first place of some words that no entry holds yet; None: they are not in the request."""
    pieces = words.split()
    if not pieces:
        return None
    pattern = r"\s+".join(map(re.escape, pieces))
    if not without_spaces(words):
        pattern = rf"(?<!\w){pattern}(?!\w)"
    for match in re.finditer(pattern, book.text, re.IGNORECASE):
        if not any(book.held[match.start() : match.end()]):
            return match.span()
    return None


def _claimed(claim: Claim, at: Span, book: _Book) -> list[str]:
    """Write down as much of a claim as the plan bears out; gives the words that this drops.

    What is not borne out stays open, to be looked for elsewhere in the plan.
    """
    words = [span for span in words_of(book.text) if at[0] < span[1] and span[0] < at[1]]
    asking = [span for span in words if is_content(book.text, span)]
    place = _place(claim.goes_to, book)
    if claim.part == "not_understood":
        book.put(*at, "not_understood", "", claim.meaning)
    elif claim.part in ("politeness", "context") and not asking:
        book.put(*at, claim.part, "", claim.meaning)  # type: ignore[arg-type]
    elif claim.part == "wording" and place is not None:
        said = book.text[slice(*at)].strip(_QUOTES)
        if said not in book.places[place]:
            book.put(*at, "not_understood", "", f"{place} does not say it letter by letter")
            return [said]
        book.put(*at, "wording", place)
    elif place is not None:
        unsaid = _unsaid(asking, place, claim, book)
        for start, end in _between(at, unsaid):
            book.put(start, end, _part(claim, place, book), place, claim.meaning)
    return []


def _part(claim: Claim, place: str, book: _Book) -> Part:
    if claim.part in ("style", "context"):
        return claim.part  # type: ignore[return-value]
    return "criterion" if place in book.criteria else "argument"


def _between(at: Span, holes: Sequence[Span]) -> Iterator[Span]:
    """The stretches of a place that hold a word, without some of its words."""
    start = at[0]
    for hole in (*holes, (at[1], at[1])):
        if hole[0] > start:
            yield start, hole[0]
        start = max(start, hole[1])


def _place(goes_to: str, book: _Book) -> str | None:
    """The place that is named, also within another: ``art.layout.0.phrase``, ``loop.words``."""
    parts = goes_to.strip().replace("[", ".").split(".")
    tries = [".".join(parts[:2]), parts[0], *(parts[1:2])]
    return next((one for one in tries if one in book.places), None)


def _unsaid(asking: Sequence[Span], place: str, claim: Claim, book: _Book) -> list[Span]:
    """Words of a claim that its place does not say: not by themselves, nor by their meaning.

    A meaning stands for words that are not said by what it has beyond the request: no word of the
    request can be what another one means.
    """
    value = book.places[place].casefold()
    there = _forms(value)
    unsaid = [span for span in asking if not _is_said(book.text[slice(*span)], value, there)]
    new = _forms(claim.meaning.casefold()) - _forms(book.text.casefold())
    if new and new <= there | _LITTLE:
        return [] if new & there else unsaid
    return unsaid


def _forms(text: str) -> frozenset[str]:
    return frozenset(form for span in words_of(text) for form in same(text[slice(*span)]))


def _is_said(word: str, value: str, there: frozenset[str]) -> bool:
    low = word.casefold()
    if without_spaces(low):
        return low in value
    return bool(same(low) & there) or (low in GEOMETRY and value[:1] in "[{")


def _leftover(book: _Book) -> list[str]:
    """Account for words that no claim holds; gives those that asked for something, and are lost."""
    lost = []
    for start, end in _unheld(book):
        word = book.text[start:end]
        if is_polite(book.text, (start, end)):
            book.put(start, end, "politeness")
        elif not is_content(book.text, (start, end)):
            book.put(start, end, "context")
        elif (place := _says(word, book)) is not None:
            part: Part = "criterion" if place in book.criteria else "argument"
            book.put(start, end, part, place)
        else:
            book.put(start, end, "not_understood", "", NOWHERE)
            lost.append(word)
    return lost


def _unheld(book: _Book) -> Iterator[Span]:
    """Words, or the parts of words written together, that no entry holds."""
    for start, end in words_of(book.text):
        at = start
        while at < end:
            if book.held[at]:
                at += 1
                continue
            stop = at
            while stop < end and not book.held[stop]:
                stop += 1
            yield at, stop
            at = stop


def _says(word: str, book: _Book) -> str | None:
    """The first place of the plan that says a word, criteria last."""
    for place in sorted(book.places, key=lambda one: one in book.criteria):
        if "." not in place and place not in book.criteria:
            continue
        value = book.places[place].casefold()
        if without_spaces(word):
            if word in value:
                return place
        elif same(word) & _forms(value):
            return place
    return None
