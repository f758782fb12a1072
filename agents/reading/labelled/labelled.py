"""A request with its words labelled: pieces, what belongs to what, and the items it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from maquette.agents.reading.wording import PLACEHOLDER
from maquette.model_servers.schemas.reading import ReadItem, ReadReply, ReadSpan
from maquette.words.lexicon import singular

_SEVERAL = re.compile(
    r"\b(?:separate\w*|different|own|another|each|pictures|images|cards|posters|stickers|files)\b",
    re.IGNORECASE,
)
"""Words of several results."""
_OF = re.compile(r"\s+(?:of|from)\s+(?:the|a|an|my|his|her|its|this|that)\s+", re.IGNORECASE)
LEAST_OF_SET = 3
NEAR = 24
"""Characters within which words say that something else begins."""


@dataclass(frozen=True)
class Piece:
    """Words that are one thing, characters ``start`` to ``end`` of the masked request."""

    label: str
    text: str
    start: int
    end: int
    probability: float
    heads: tuple[int, ...] = ()
    objects: tuple[int, ...] = ()

    def moved(self, by: int, number: dict[int, int]) -> Piece:
        """The piece in a part that begins ``by`` characters later; ``number`` has the new numbers
        of the pieces that are in it, others are nobody's heads any more."""
        return replace(
            self,
            start=self.start - by,
            end=self.end - by,
            heads=tuple(number[n] for n in self.heads if n in number),
            objects=tuple(number[n] for n in self.objects if n in number),
        )


@dataclass(frozen=True)
class Labelled:
    """One item of a request, as the reader labels it. Heads are indices of ``pieces``."""

    text: str
    """The request, or the part of it that is this item; quoted strings are private characters."""
    strings: tuple[str, ...]
    """All quoted strings of the request, by the number of their character."""
    pieces: tuple[Piece, ...]
    kinds: dict[str, float]
    """The probability of each kind."""
    offset: int = 0
    """Where ``text`` begins in the masked request."""
    language: str = "en"

    @property
    def kind(self) -> str:
        """The likeliest kind."""
        return max(self.kinds, key=lambda name: self.kinds[name])

    def of(self, *labels: str) -> Iterator[tuple[int, Piece]]:
        """The pieces with one of these labels, with their numbers, in order."""
        return ((k, piece) for k, piece in enumerate(self.pieces) if piece.label in labels)

    def belonging(self, k: int, *labels: str) -> list[tuple[int, Piece]]:
        """The pieces with one of these labels that belong to piece ``k``, also by a reference."""
        return [(n, piece) for n, piece in self.of(*labels) if k in self.heads_of(n)]

    def heads_of(self, n: int) -> tuple[int, ...]:
        """The pieces that piece ``n`` belongs to; references are followed to what they mean."""
        return self._meant(self.pieces[n].heads)

    def objects_of(self, n: int) -> tuple[int, ...]:
        """The objects of relation ``n``; references are followed."""
        return self._meant(self.pieces[n].objects)

    def _meant(self, pieces: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(one for piece in pieces for one in self.all_meant(piece)))

    def meant(self, k: int) -> int:
        """What a piece means: itself, or of a reference the first piece that it stands for."""
        return self.all_meant(k)[0]

    def all_meant(self, k: int, seen: frozenset[int] = frozenset()) -> tuple[int, ...]:
        """All that a piece means: "both" stands for two others."""
        piece = self.pieces[k]
        if piece.label != "ref" or not piece.heads or k in seen:
            return (k,)
        found = (one for head in piece.heads for one in self.all_meant(head, seen | {k}))
        return tuple(dict.fromkeys(found))

    def denied(self, k: int) -> bool:
        """Whether a negation belongs to a piece."""
        return any(k in self.pieces[n].heads for n, _ in self.of("not"))

    def with_heads(self, k: int) -> str:
        """A piece in its words, with those of what it belongs to: "on the left (cat)"."""
        of = ", ".join(self.pieces[head].text for head in self.heads_of(k))
        text = self.pieces[k].text
        return self.plain(f"{text} ({of})" if of else text)

    def plain(self, text: str) -> str:
        """Words with the hidden strings put back, in quotes."""
        return unmasked(text, self.strings)


def unmasked(text: str, strings: tuple[str, ...]) -> str:
    """A masked text with its strings put back, in quotes."""
    out = "".join(f'"{strings[ord(c) - PLACEHOLDER]}"' if is_mark(c, strings) else c for c in text)
    return " ".join(out.split())


def is_mark(character: str, strings: tuple[str, ...]) -> bool:
    """Whether a character stands for one of the strings."""
    return PLACEHOLDER <= ord(character) < PLACEHOLDER + len(strings)


def items_of(
    text: str, strings: tuple[str, ...], reply: ReadReply, language: str
) -> list[Labelled]:
    """The items of a request, each with its own words."""
    kept = [reply.items[0]] if reply.items else []
    for item in reply.items[1:]:
        if _begins(item, kept[-1], text, reply):
            kept.append(item)
    if _is_set(kept, reply):
        kept = [kept[0].model_copy(update={"kinds": {"sequence": 1.0}})]
    starts = [0, *(item.start for item in kept[1:])]
    ends = [*starts[1:], len(text)]
    found = []
    for item, start, end in zip(kept, starts, ends, strict=True):
        inside = [k for k, span in enumerate(reply.spans) if start <= span.start < end]
        number = {old: new for new, old in enumerate(inside)}
        pieces = tuple(_piece(reply.spans[k], text).moved(start, number) for k in inside)
        pieces = related(coreferent(pieces, text[start:end]), text[start:end])
        found.append(Labelled(text[start:end], strings, pieces, dict(item.kinds), start, language))
    return found


def _is_set(items: list[ReadItem], reply: ReadReply) -> bool:
    """Whether items are the parts of one set: "four pictures: spring, summer, autumn, winter", each
    of which says only where or when it is. What they show is then told from the whole."""
    if len(items) < LEAST_OF_SET or any(_likeliest(item) != "image" for item in items):
        return False
    shown = {span.label for span in reply.spans} - {"do", "pol", "count", "carrier", "opt"}
    return shown == {"ground"}


def _likeliest(item: ReadItem) -> str:
    return max(item.kinds, key=lambda kind: item.kinds[kind])


def _begins(item: ReadItem, before: ReadItem, text: str, reply: ReadReply) -> bool:
    """Whether an item surely begins: "a knight and a castle" are one picture, where nothing says
    that they are two."""
    kinds = [_likeliest(one) for one in (before, item)]
    if kinds[0] != kinds[1]:
        return True
    if kinds[0] == "sequence":  # its frames are its own
        return False
    last = max((span.end for span in reply.spans if span.end <= item.start), default=0)
    following = [span.start for span in reply.spans if span.start >= item.start]
    gap = text[last : min(following, default=item.start)]
    near = [span for span in reply.spans if abs(span.start - item.start) < NEAR]
    told = [span.label in ("opt", "pol", "step") for span in near]
    several = any(_SEVERAL.search(text[s.start : s.end]) for s in reply.spans)
    return any(c in ".;:\n,，；。" for c in gap) or any(told) or several


def coreferent(pieces: tuple[Piece, ...], text: str) -> tuple[Piece, ...]:
    """The pieces with a noun that comes again ("the dragon should be green") as a reference to the
    thing that was named first, where it is definite or called a reference already."""
    found = list(pieces)
    first: dict[str, int] = {}
    for k, piece in enumerate(pieces):
        words = piece.text.lower().split()
        if piece.label not in ("thing", "ref") or not words:
            continue
        noun = singular(words[-1])
        named = first.get(noun)
        definite = text[: piece.start].lower().split()[-1:] in (["the"], ["this"], ["that"])
        again = named is not None and not _counted(k, pieces)
        if again and named is not None and (piece.label == "ref" or definite):
            found[k] = replace(piece, label="ref", heads=(named,))
        elif piece.label == "thing":
            first.setdefault(noun, k)
    return tuple(found)


def related(pieces: tuple[Piece, ...], text: str) -> tuple[Piece, ...]:
    """The pieces with a place that goes on ("to the left" of the star) as a relation to that."""
    found = list(pieces)
    for k, piece in enumerate(pieces):
        match = _OF.match(text, piece.end) if piece.label == "place" else None
        if match is None:
            continue
        labels = ("thing", "target", "ref")
        others = [n for n in range(k + 1, len(pieces)) if pieces[n].label in labels]
        if others and pieces[others[0]].start - match.end() < NEAR:
            words = f"{piece.text} of"
            found[k] = replace(piece, label="rel", text=words, objects=(others[0],))
    return tuple(found)


def _counted(k: int, pieces: tuple[Piece, ...]) -> bool:
    """Whether a number of its own belongs to a piece: then it is another."""
    return any(piece.label == "count" and k in piece.heads for piece in pieces)


def _piece(span: ReadSpan, text: str) -> Piece:
    return Piece(
        label=span.label,
        text=text[span.start : span.end],
        start=span.start,
        end=span.end,
        probability=span.probability,
        heads=span.heads,
        objects=span.objects,
    )


def with_kind(one: Labelled, kind: str) -> Labelled:
    """The item as surely of a kind."""
    return replace(one, kinds={kind: 1.0})
