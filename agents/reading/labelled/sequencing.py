"""The frames of a labelled sequence: cut at its enumerators, else at its commas and "then"."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from maquette.agents.reading.labelled.labelled import Labelled, Piece
from maquette.agents.reading.labelled.said import SceneRead
from maquette.agents.reading.labelled.values import count_of
from maquette.agents.reading.sequences import LEAST, MOST, Sequence
from maquette.words.lexicon import singular
from maquette.words.word_set import word_set

_FRAMES = frozenset({"panel", "frame", "step", "strip", "scene", "comic", "instruction"})
_PRONOUNS = word_set("it its he him his she her they them their both one")
_AND = re.compile(r"\s(?:and|und|y)\s|和")
_ENDS = re.compile(r"[;\n]|(?<!\d)\.(?!\d)|\bthen\b|\bdann\b|\bluego\b|然后|，|,|;|；|。")


def read_sequence_of(item: Labelled) -> tuple[Sequence | None, list[Labelled]]:
    """The sequence and its frames, each labelled by itself; None: it lists none."""
    steps = [piece for _, piece in item.of("step")]
    if len(steps) >= LEAST:
        starts = [piece.end for piece in steps]
        ends = [*(piece.start for piece in steps[1:]), len(item.text)]
        opening = item.text[: steps[0].start]
    else:
        opening, colon, rest = item.text.partition(":")
        if not colon:
            opening, rest = _counted(item)
        if not rest:
            return None, []
        base = len(item.text) - len(rest)
        cuts = [m.span() for m in _ENDS.finditer(rest)]
        starts = [base, *(base + end for _, end in cuts)]
        ends = [*(base + start for start, _ in cuts), len(item.text)]
    if len(starts) == _said(item, len(opening)) - 1:  # "spring, summer, autumn and winter"
        last = _AND.search(item.text, starts[-1], ends[-1])
        if last is not None:
            starts, ends = [*starts, last.end()], [*ends[:-1], last.start(), ends[-1]]
    parts = [cut(item, start, end) for start, end in zip(starts, ends, strict=True)]
    parts = [part for part in parts if any(c.isalnum() for c in part.text) or part.pieces]
    if not LEAST <= len(parts) <= MOST:
        return None, []
    texts = tuple(part.text.strip(" ,;.:") for part in parts)
    kind: Literal["panels", "set"] = "set" if _is_set(item, len(opening)) else "panels"
    return Sequence(kind, opening.strip(" :,"), texts), parts


def _counted(item: Labelled) -> tuple[str, str]:
    """What stands before the last so many parts as were said, and those."""
    number = _said(item, len(item.text))
    ends = [match.end() for match in _ENDS.finditer(item.text)]
    if not LEAST <= number <= len(ends):
        return item.text, ""
    at = ends[-number]
    return item.text[:at].rstrip(" ,;."), item.text[at:]


def _said(item: Labelled, end: int) -> int:
    """The number of parts that the words before the first say; 0: none."""
    for _, piece in item.of("count", "opt"):
        number, exact = count_of(piece.text, item.language)
        if piece.end <= end and number and exact:
            return number
    return 0


def _is_set(item: Labelled, end: int) -> bool:
    """Whether the words before the first part ask for several pictures: "four cards"."""
    carriers = [piece.text for _, piece in item.of("carrier") if piece.end <= end]
    words = [text.lower().split()[-1] for text in carriers if text.split()]
    return any(singular(word) != word and singular(word) not in _FRAMES for word in words)


def opening_of(item: Labelled, parts: list[Labelled]) -> Labelled:
    """What was said before the first part, labelled by itself."""
    return cut(item, 0, parts[0].offset - item.offset)


def shared(opening: SceneRead, parts: list[SceneRead], titles: str = "") -> list[tuple[str, str]]:
    """Put what the opening shows into the parts that show nothing of the kind: its things into
    those without things, its place into those without a place.

    Args:
        titles: the opening with its quoted strings, which are set above the frames.

    Returns: what it says that is in no part, each with why.
    """
    named = {one.word for part in parts for one in part.wish.things}
    bare = [part for part in parts if not part.wish.things]
    left = [
        (one, "it is said before the frames, and is in none")
        for one in opening.shown
        if f'"{one}"' not in titles
    ]
    for thing in opening.wish.things:
        if thing.word not in named and not bare:
            left.append((thing.word, "it is named before the frames, and is in none"))
        for part in bare if thing.word not in named else ():
            part.wish.things.append(thing)
    for part in parts:
        part.wish.grounds.extend([] if part.wish.grounds else opening.wish.grounds)
        part.wish.background = part.wish.background or opening.wish.background
    told = [one for one in opening.said if one.label not in ("query", "count", "new")]
    return [*left, *((one.words, one.why) for one in told)]


def cut(item: Labelled, start: int, end: int) -> Labelled:
    """A part of an item, with the pieces inside of it."""
    while start < end and item.text[start] in " ,;:.)\n":
        start += 1
    while end > start and item.text[end - 1] in " ,;:.\n":
        end -= 1
    inside = [k for k, piece in enumerate(item.pieces) if start <= piece.start and piece.end <= end]
    number = {old: new for new, old in enumerate(inside)}
    pieces = tuple(_named_anew(item, k, number).moved(start, number) for k in inside)
    return replace(
        item,
        text=item.text[start:end],
        pieces=pieces,
        kinds={"image": 1.0},
        offset=item.offset + start,
    )


def _named_anew(item: Labelled, k: int, number: dict[int, int]) -> Piece:
    """A reference by its noun to what stands in an earlier part, as a thing of this part."""
    piece = item.pieces[k]
    outside = piece.label == "ref" and piece.heads and not set(piece.heads) & set(number)
    words = piece.text.lower().split()
    if not outside or not words or words[-1] in _PRONOUNS:
        return piece
    noun = item.pieces[item.meant(k)].text
    return replace(piece, label="thing", heads=(), text=noun if noun else piece.text)
