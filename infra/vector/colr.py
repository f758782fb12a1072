"""A colour glyph (COLR version 0 or 1) as a fragment of SVG: paths, gradients, clips and masks.

HarfBuzz walks the paint tree; here its calls become markup. All points are moved into one space, y
downwards, so that no path carries a transform, and identifiers are numbered in order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from maquette.infra.vector import gradients
from maquette.infra.vector.font import ColourFont, number
from maquette.infra.vector.surface import Definitions, Piece, Surface, put
from maquette.records.errors import MediaRejected

MAX_PAINTS = 4_000
MAX_MARKUP = 1_000_000
"""Characters of a glyph's markup."""


@dataclass(frozen=True)
class Drawing:
    """A glyph as markup."""

    view_box: tuple[float, float, float, float]
    body: str
    approximated: tuple[str, ...] = ()
    """What SVG cannot say and stands here in a simpler way, in words; usually nothing."""


@dataclass(frozen=True)
class _Clip:
    """A shape that paints are clipped to: path data in the space of the picture."""

    path: str
    rectangle: bool


def draw(font: ColourFont, glyph: int) -> Drawing:
    """The glyph's colours as markup.

    Raises: MediaRejected: it has more paints than is allowed, or one that SVG cannot show.
    """
    painter = _Painter(font)
    painter.paint(glyph)
    width, height = font.advance(glyph), font.ascender - font.descender
    body = painter.definitions.markup + painter.surfaces[0].markup
    if len(body) > MAX_MARKUP:
        raise MediaRejected(f"glyph {glyph} of {font.name} takes {len(body)} characters of SVG")
    return Drawing((0.0, 0.0, width, height), body, tuple(sorted(painter.approximated)))


class _Painter:
    """Takes the calls of one glyph. An error inside a call is kept: HarfBuzz cannot carry it."""

    def __init__(self, font: ColourFont) -> None:
        from fontTools.misc.transform import Transform

        self.font = font
        self.definitions = Definitions()
        self.surfaces = [Surface()]
        self.approximated: set[str] = set()
        self._transforms = [Transform(1, 0, 0, -1, 0, font.ascender)]
        self._clips: list[_Clip] = []
        self._paints = 0
        self._error: Exception | None = None

    def paint(self, glyph: int) -> None:
        """Walk the glyph. Raises: MediaRejected."""
        self.font.font.paint_glyph(glyph, self._callbacks())
        if self._error is not None:
            raise self._error
        if len(self.surfaces) != 1:
            raise MediaRejected(f"glyph {glyph} of {self.font.name} leaves a group open")

    def _callbacks(self) -> Any:
        import uharfbuzz

        functions = uharfbuzz.PaintFuncs()
        for name in (
            "push_transform", "pop_transform", "push_clip_glyph", "push_clip_rectangle", "pop_clip",
            "push_group", "pop_group", "color", "linear_gradient", "radial_gradient",
            "sweep_gradient",
        ):  # fmt: skip
            getattr(functions, f"set_{name}_func")(self._kept(getattr(self, f"_{name}")))
        functions.set_image_func(lambda *_: False)
        return functions

    def _kept(self, call: Callable[..., None]) -> Callable[..., None]:
        def kept(*given: Any) -> None:
            if self._error is not None:
                return
            try:
                call(*given[:-1])
            except Exception as error:
                self._error = error

        return kept

    def _push_transform(self, *six: float) -> None:
        self._transforms.append(self._transforms[-1].transform(six))

    def _pop_transform(self) -> None:
        self._transforms.pop()

    def _push_clip_glyph(self, glyph: int) -> None:
        self._clips.append(_Clip(self.font.outline(glyph, self._transforms[-1]), False))

    def _push_clip_rectangle(self, x0: float, y0: float, x1: float, y1: float) -> None:
        corners = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
        placed = self._transforms[-1].transformPoints(corners)
        path = "L".join(f"{number(x)},{number(y)}" for x, y in placed)
        self._clips.append(_Clip(f"M{path}Z", True))

    def _pop_clip(self) -> None:
        self._clips.pop()

    def _push_group(self) -> None:
        self.surfaces.append(Surface())

    def _pop_group(self, mode: int) -> None:
        above = self.surfaces.pop()
        lost = put(self.surfaces[-1], above, int(mode), self.definitions)
        if lost:
            self.approximated.add(lost)

    def _color(self, color: Any, _foreground: bool) -> None:
        alpha = color.alpha / 255
        opacity = f' fill-opacity="{alpha:.4g}"' if alpha < 1 else ""
        self._fill(f'fill="{_code(color)}"{opacity}', veil=alpha)

    def _linear_gradient(self, line: Any, *points: float) -> None:
        stops = _stops(line)
        name, attributes = gradients.linear(stops, points)
        self._fill_by(name, attributes, stops)

    def _radial_gradient(self, line: Any, *circles: float) -> None:
        found = gradients.radial(stops := _stops(line), circles)
        if found is None:
            self.approximated.add("a cone of colours")
            last = stops.stops[-1]
            self._fill(f'fill="{last.rgb}" fill-opacity="{last.alpha:.4g}"')
        else:
            self._fill_by(*found)

    def _sweep_gradient(self, *_: Any) -> None:
        raise MediaRejected(
            f"{self.font.name} has a glyph with a sweep gradient, which SVG cannot show",
            hint="leave this thing out, or draw it as an SVG file",
        )

    def _fill_by(self, name: str, attributes: str, line: gradients.Line) -> None:
        six = self._transforms[-1]
        moved = " ".join(f"{value:.6g}" for value in six)
        spread = "" if line.spread == "pad" else f' spreadMethod="{line.spread}"'
        inside = (
            f' gradientUnits="userSpaceOnUse" {attributes} gradientTransform="matrix({moved})"'
            f"{spread}>{gradients.stops_markup(line)}</{name}>"
        )
        self._fill(f'fill="url(#{self.definitions.name("g", "<" + name, inside)})"')

    def _fill(self, fill: str, veil: float | None = None) -> None:
        """Paint all that the clips leave: the innermost glyph is the path, the others clip it."""
        self._paints += 1
        if self._paints > MAX_PAINTS:
            raise MediaRejected(f"{self.font.name} has a glyph of more than {MAX_PAINTS} paints")
        glyphs = [clip.path for clip in self._clips if not clip.rectangle]
        if not glyphs:
            self._flood(fill, veil)
        elif all(glyphs):
            clip = self._clip_name(glyphs[:-1])
            by = f' clip-path="url(#{clip})"' if clip else ""
            self.surfaces[-1].pieces.append(Piece(f'<path {fill} d="{glyphs[-1]}"{by}/>'))

    def _flood(self, fill: str, veil: float | None) -> None:
        if not self._clips:
            raise MediaRejected(f"{self.font.name} has a glyph that paints without an edge")
        path = f'<path {fill} d="{self._clips[-1].path}"/>'
        self.surfaces[-1].pieces.append(Piece(path, veil=veil))

    def _clip_name(self, paths: list[str]) -> str | None:
        name: str | None = None
        for path in paths:
            by = f' clip-path="url(#{name})"' if name else ""
            name = self.definitions.name("c", "<clipPath", f'{by}><path d="{path}"/></clipPath>')
        return name


def _stops(line: Any) -> gradients.Line:
    stops = [
        gradients.Stop(stop.offset, _code(stop.color), stop.color.alpha / 255)
        for stop in line.color_stops
    ]
    if not stops:
        raise MediaRejected("a gradient of the font has no colours")
    return gradients.line(stops, int(line.extend))


def _code(color: Any) -> str:
    return f"#{color.red:02x}{color.green:02x}{color.blue:02x}"
