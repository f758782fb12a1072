"""The contract of an art pack: things drawn beforehand as vectors, found by name, with licence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

Kind = Literal["thing", "person", "hand", "flag", "symbol"]
"""What a picture is of. All but ``thing`` are found only when they are meant: no request for a
"right arrow key" wants a pointing hand."""


@dataclass(frozen=True)
class Licence:
    """Under what terms a pack may be shown, and whose work it is."""

    name: str
    """SPDX identifier, such as ``OFL-1.1``."""
    holder: str
    """Whose work it is, as its notice says."""
    source: str
    """Where it came from, in words or as an address."""


@dataclass(frozen=True)
class ThingCard:
    """What is known of a thing before it is drawn."""

    id: str
    """``<pack>:<id in the pack>``, such as ``noto:1f408``; unique among all packs."""
    names: Mapping[str, tuple[str, ...]]
    """By language (``en``, ``de``, ``es``, ``zh`` ...), in small letters; the usual one first."""
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Words that lead to it without naming it, by language, in small letters."""
    kind: Kind = "thing"
    group: str = ""
    """The pack's own word for its kind, such as ``animals``."""

    @property
    def name(self) -> str:
        """Its usual English name; the first of any language where it has none."""
        for names in (self.names.get("en", ()), *self.names.values()):
            if names:
                return names[0]
        return self.id


@dataclass(frozen=True)
class Art:
    """A thing as safe SVG markup: shapes, gradients and clips; no scripts, links, text or images.

    Every identifier in it is its own: whoever places it gives them a prefix.
    """

    view_box: tuple[float, float, float, float]
    """``(x, y, width, height)`` in its own units, y downwards."""
    body: str
    """What stands inside the ``svg`` element."""
    ink: tuple[float, float, float, float]
    """``(x0, y0, x1, y1)`` in the same units: what is painted lies inside."""

    @property
    def aspect(self) -> float:
        """Width over height of the ink."""
        x0, y0, x1, y1 = self.ink
        return (x1 - x0) / (y1 - y0)


class ArtPack(Protocol):
    """Things of one style under one licence."""

    @property
    def name(self) -> str:
        """One lower-case word, unique among packs; the first part of every id."""
        ...

    @property
    def title(self) -> str:
        """What people call it."""
        ...

    @property
    def licence(self) -> Licence:
        """The terms under which its things may be shown."""
        ...

    @property
    def style(self) -> str:
        """How it is drawn, in a few words."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal digits, of all it was read from: part of every content key."""
        ...

    def cards(self) -> Mapping[str, ThingCard]:
        """Every thing by its id. Raises: MissingExtra: what it is read from is not installed."""
        ...

    def art(self, id: str) -> Art:
        """The thing itself, the same for ever under the same digest.

        Raises: NotFound: no such thing. MediaRejected: its source is not what it should be.
        """
        ...
