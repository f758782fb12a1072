"""What a glyph's paint tree leaves on a surface, as pieces of SVG that are put over each other.

Compositing after W3C "Compositing and Blending Level 1": a group painted over its backdrop is its
pieces; ``SRC_IN`` and its like are masks by the other's alpha; blend modes are ``mix-blend-mode``
inside an isolated group.
"""

from __future__ import annotations

from dataclasses import dataclass, field

BLENDS = {
    13: "screen", 14: "overlay", 15: "darken", 16: "lighten", 17: "color-dodge",
    18: "color-burn", 19: "hard-light", 20: "soft-light", 21: "difference", 22: "exclusion",
    23: "multiply", 24: "hue", 25: "saturation", 26: "color", 27: "luminosity",
}  # fmt: skip
"""COLR's composite modes that SVG has under a name."""
NEARLY = {9, 10, 24, 25, 26, 27}
"""Modes that are shown nearly as they are: the two ``ATOP`` are right over what is opaque; of hue,
saturation, colour and luminosity resvg clips colours otherwise than the standard says."""


@dataclass(frozen=True)
class Piece:
    """Some markup, and what is known of it."""

    markup: str
    veil: float | None = None
    """It covers all of its surface evenly, with this alpha."""


@dataclass
class Surface:
    """Pieces in the order in which they are painted."""

    pieces: list[Piece] = field(default_factory=list)
    blended: bool = False
    """A piece blends with those below it, so they must stand in a group of their own."""

    @property
    def markup(self) -> str:
        """All of it."""
        inside = "".join(piece.markup for piece in self.pieces)
        return f'<g style="isolation:isolate">{inside}</g>' if self.blended else inside


class Definitions:
    """Gradients, clips and masks, numbered in the order of their first use."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._markup: list[str] = []

    def name(self, letter: str, before: str, after: str) -> str:
        """The identifier of the definition ``before id="…" after``, made once for equal ones."""
        key = before + "\0" + after
        if key not in self._names:
            self._names[key] = f"{letter}{len(self._names)}"
            self._markup.append(f'{before} id="{self._names[key]}"{after}')
        return self._names[key]

    @property
    def markup(self) -> str:
        """The ``defs`` element; nothing where there are none."""
        return f"<defs>{''.join(self._markup)}</defs>" if self._markup else ""


def put(below: Surface, above: Surface, mode: int, definitions: Definitions) -> str | None:
    """Composite ``above`` onto ``below``, which is changed.

    Returns: what could not be shown as it is, in words; None: all could.
    """
    if mode == 3:  # SRC_OVER
        if above.blended:
            below.pieces.append(Piece(above.markup))
        else:
            below.pieces += above.pieces
    elif mode == 4:  # DEST_OVER
        below.pieces, below.blended = [Piece(above.markup), Piece(below.markup)], False
    elif mode in BLENDS:
        style = f'style="mix-blend-mode:{BLENDS[mode]}"'
        below.pieces.append(Piece(f"<g {style}>{above.markup}</g>"))
        below.blended = True
    elif not _by_alpha(below, above, mode, definitions):
        below.pieces += above.pieces
        return f"composite mode {mode}"
    return f"composite mode {mode}" if mode in NEARLY else None


def _by_alpha(below: Surface, above: Surface, mode: int, definitions: Definitions) -> bool:
    """The modes of Porter and Duff that masks can say; False: it is another one."""
    if mode in (0, 1, 2):  # CLEAR, SRC, DEST
        if mode != 2:
            below.pieces, below.blended = (
                (list(above.pieces), above.blended) if mode else ([], False)
            )
    elif mode == 5:  # SRC_IN
        below.pieces, below.blended = [_inside(above, below, definitions)], False
    elif mode == 6:  # DEST_IN
        below.pieces, below.blended = [_inside(below, above, definitions)], False
    elif mode == 9:  # SRC_ATOP
        below.pieces.append(_inside(above, below, definitions))
    elif mode == 10:  # DEST_ATOP
        below.pieces = [*above.pieces, _inside(below, above, definitions)]
    else:
        return False
    return True


def _inside(shown: Surface, by: Surface, definitions: Definitions) -> Piece:
    """``shown``, where ``by`` has alpha, and as far as it has."""
    if not shown.pieces or not by.pieces:
        return Piece("")
    if len(by.pieces) == 1 and by.pieces[0].veil is not None:
        return Piece(f'<g opacity="{by.pieces[0].veil:.4g}">{shown.markup}</g>')
    mask = definitions.name("m", "<mask", f' style="mask-type:alpha">{by.markup}</mask>')
    return Piece(f'<g mask="url(#{mask})">{shown.markup}</g>')
