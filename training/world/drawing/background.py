"""What lies behind the things: one colour, a blend of two, or a landscape."""

from __future__ import annotations

from dataclasses import dataclass

from maquette.training.world.colours import BACKGROUNDS
from maquette.training.world.drawing.landscapes import LANDSCAPES, VARIANTS, outlines, touched
from maquette.words.colours import Rgb, hex_code

KINDS = ("plain", "gradient", "landscape")


@dataclass(frozen=True)
class Background:
    """A background by kind; make one with ``plain``, ``gradient`` or ``landscape``."""

    kind: str
    """One of ``KINDS``."""
    top: str
    """Key of ``BACKGROUNDS``, or of ``LANDSCAPES``."""
    bottom: str
    """Key of ``BACKGROUNDS``: the lower colour of a gradient; else equal to ``top``."""
    variant: int = 0
    """Shape of a landscape's layers, below ``VARIANTS``."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no background kind {self.kind!r}; known: {', '.join(KINDS)}")
        known = LANDSCAPES if self.kind == "landscape" else BACKGROUNDS
        for name in (self.top, self.bottom):
            if name not in known:
                raise ValueError(
                    f"no {self.kind} background named {name!r}; known: {', '.join(known)}"
                )
        if (self.kind == "gradient") == (self.top == self.bottom):
            raise ValueError(f"a {self.kind} background of {self.top!r} and {self.bottom!r}")
        if not 0 <= self.variant < VARIANTS:
            raise ValueError(f"variant is {self.variant}; expected 0 to {VARIANTS - 1}")

    @property
    def plain(self) -> bool:
        """Whether the background is one flat colour."""
        return self.kind == "plain"

    @property
    def colours(self) -> tuple[Rgb, ...]:
        """All its colours, sRGB bytes: top to bottom, or back to front."""
        if self.kind == "landscape":
            return LANDSCAPES[self.top].colours
        return tuple(BACKGROUNDS[n] for n in dict.fromkeys((self.top, self.bottom)))

    @property
    def words(self) -> str:
        """Its name, such as "mint", "cream to peach" or "meadow"."""
        return f"{self.top} to {self.bottom}" if self.kind == "gradient" else self.top

    def behind(self, box: tuple[float, float, float, float]) -> tuple[Rgb, ...]:
        """List the colours that a box (xyxy fractions) touches; of a gradient both ends."""
        return touched(self.top, self.variant, box) if self.kind == "landscape" else self.colours

    def svg(self) -> str:
        """Write it as SVG elements that fill the document."""
        first, *rest = (hex_code(c) for c in self.colours)
        if self.kind == "gradient":
            return (
                '<defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1">'
                f'<stop offset="0" stop-color="{first}"/>'
                f'<stop offset="1" stop-color="{rest[0]}"/></linearGradient></defs>'
                '<rect width="1000" height="1000" fill="url(#g)"/>'
            )
        layers = zip(
            outlines(self.top, self.variant) if self.kind == "landscape" else (), rest, strict=True
        )
        body = "".join(f'<path d="{d}" fill="{colour}"/>' for d, colour in layers)
        return f'<rect width="1000" height="1000" fill="{first}"/>{body}'


def plain(colour: str) -> Background:
    """Make a background of one colour, a key of ``BACKGROUNDS``."""
    return Background("plain", colour, colour)


def gradient(top: str, bottom: str) -> Background:
    """Make a background that blends from one colour to another."""
    return Background("gradient", top, bottom)


def landscape(name: str, variant: int = 0) -> Background:
    """Make a landscape, a key of ``LANDSCAPES``."""
    return Background("landscape", name, name, variant)
