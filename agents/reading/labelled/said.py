"""What was read of a scene, and the account of its pieces: each is used, or it is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from maquette.agents.reading.labelled.labelled import Labelled, Piece
from maquette.agents.reading.scene import Item, Wish

CONTENT = tuple(
    "thing count colour pattern size attr rel place ground style new query".split()  # noqa: SIM905
)
"""Labels of what a person wants to be seen; the law holds for each piece of them."""
ABSENT = "nobody can surely tell that it is absent"
NOT_UNDERSTOOD = "it is not understood"


@dataclass(frozen=True)
class SaidOnly:
    """Something that was said and that no picture can surely be made to hold, by its piece."""

    piece: int
    words: str
    why: str
    label: str = ""


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


class Account:
    """The pieces of an item, which of them are used, and what is only said."""

    def __init__(self, it: Labelled) -> None:
        self.it = it
        self.read = SceneRead(wish=Wish(), shown=(), masked=it.text)
        self._used: set[int] = set()

    def use(self, *pieces: int) -> None:
        """Pieces that the scene holds."""
        self._used.update(pieces)

    def say(self, k: int, why: str, words: str | None = None) -> None:
        """A piece that is only said."""
        self._used.add(k)
        told = self.it.plain(words or self.it.pieces[k].text)[:400]
        if told:
            self.read.said.append(SaidOnly(k, told, why, self.it.pieces[k].label))

    def of(self, *labels: str) -> Iterator[tuple[int, Piece]]:
        """The pieces of some labels that are not dealt with."""
        return ((k, piece) for k, piece in self.it.of(*labels) if k not in self._used)

    def belonging(self, k: int, *labels: str) -> list[tuple[int, Piece]]:
        """Those that belong to piece ``k`` and are not denied, also by a reference."""
        return [(n, one) for n, one in self.it.belonging(k, *labels) if not self.it.denied(n)]

    def open_pieces(self) -> list[int]:
        """Pieces of content that are neither used nor said."""
        return [k for k, _ in self.of(*CONTENT)]

    def items(self, pieces: Iterable[int]) -> list[Item]:
        """The things and strings that pieces are."""
        found: list[Item] = []
        for k in pieces:
            if k in self.read.strings:
                found.append(("text", self.read.strings[k]))
            elif k in self.read.things:
                found += [("thing", n) for n in self.read.things[k]]
            elif self.it.pieces[k].label == "ref":
                found += self.before(self.it.pieces[k].start, [])
        return found

    def before(self, start: int, but: list[Item]) -> list[Item]:
        """The nearest thing or string before a place of the text."""
        known = [*self.read.things, *self.read.strings]
        earlier = [k for k in known if self.it.pieces[k].end <= start]
        for k in sorted(earlier, reverse=True):
            items = [item for item in self.items((k,)) if item not in but]
            if items:
                return items
        return []
