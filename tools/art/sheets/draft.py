"""A sheet while it is being designed: frames, shapes and words are added to it in pixels."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from maquette.model_servers.schemas.text_rendering import TextBlock
from maquette.tools.art.brief import Panel, SceneBrief, WordsRole, colour_code
from maquette.tools.art.scene import Background, Frame, Shape
from maquette.tools.art.sheets.area import Area
from maquette.tools.art.sheets.fonts import Fonts
from maquette.tools.art.sheets.palettes import VISIBLE, Palette, readable
from maquette.tools.art.sheets.roles import is_price
from maquette.tools.art.sheets.stack import RANKS, Item, Set, needed, stack
from maquette.words.colours import distance, from_hex

Align = Literal["left", "center", "right"]
ShapeKind = Literal["rectangle", "ellipse"]
Ground = Literal["sheet", "band", "soft", "art"]
ROOMY = 1.04
"""Letters may be that much larger than planned, where their words are narrower."""
SMALLEST_PX = 6
"""What the server may shrink letters to before it refuses them."""


@dataclass(frozen=True)
class Said:
    """A string of the sheet: its place in the list of all, and what it is."""

    index: int
    text: str
    role: WordsRole

    @property
    def leads(self) -> bool:
        return RANKS[self.role] == 0


class Draft:
    """Collects what a design puts on a sheet of ``width`` by ``height`` px."""

    def __init__(
        self,
        brief: SceneBrief,
        size: tuple[int, int],
        palette: Palette,
        fonts: Fonts,
        said: Sequence[Said],
    ) -> None:
        self.brief, self.palette, self.fonts = brief, palette, fonts
        self.width, self.height = size
        self.said = tuple(said)
        self.frames: list[Frame] = [Frame(background=Background(colour=palette.sheet))]
        self.panel_frames: list[int] = []
        self.room: list[Area] = []
        self.shapes: list[Shape] = []
        self.words: dict[int, TextBlock] = {}
        self.written: list[Area] = []

    @property
    def whole(self) -> Area:
        return Area(0, 0, self.width, self.height)

    @property
    def unit(self) -> float:
        """A hundredth of the shorter side, px."""
        return min(self.width, self.height) / 100

    @property
    def shows(self) -> bool:
        """Whether anything but words stands on it."""
        return any(panel.things or panel.background.kind for panel in self.brief.panels)

    @property
    def strong(self) -> Ground:
        """The ground of a sheet that is all one colour: a strong one, unless one was asked."""
        return "sheet" if self.brief.sheet or self.brief.letters else "band"

    @property
    def light(self) -> Ground:
        """The ground of a sheet in a tint, unless a colour was asked."""
        return "sheet" if self.brief.sheet else "soft"

    def paint(self, ground: Ground) -> None:
        """Give the whole sheet a ground of the palette."""
        self.frames[0] = Frame(background=Background(colour=self._behind(ground)))

    def fill(self, area: Area, ground: Ground) -> None:
        """Give an area a ground of the palette."""
        self.add(area, fill=self._behind(ground))

    def line_on(self, ground: Ground) -> str:
        """The colour of rules and borders on a ground: the accent, where it is seen there."""
        p, behind = self.palette, self._behind(ground)
        seen = distance(from_hex(p.accent), from_hex(behind)) >= VISIBLE
        return p.accent if seen else (p.band_ink if ground == "band" else p.ink)

    @property
    def leading(self) -> tuple[Said, ...]:
        """The headline, with the lines that follow it."""
        return tuple(s for s in self.said if s.leads or s.role == "line")

    @property
    def rest(self) -> tuple[Said, ...]:
        """Dates, places and details."""
        return tuple(s for s in self.said if s not in self.leading)

    def add(
        self, area: Area, kind: Literal["rectangle", "ellipse"] = "rectangle", **of: Any
    ) -> None:
        """A shape; ``stroke_px`` and ``radius_px`` are in px."""
        stroke, radius = of.pop("stroke_px", 0.0), of.pop("radius_px", 0.0)
        self.shapes.append(
            Shape(
                kind=kind,
                box=area.box(self.width, self.height),
                stroke_width=stroke / self.height,
                radius=min(radius / self.height, 1.0),
                **of,
            )
        )

    def show(
        self,
        area: Area,
        *,
        soft: bool = False,
        radius_px: float = 0.0,
        room: Area | None = None,
        panel: Panel | None = None,
        border: str | None = None,
        border_px: float = 0.0,
    ) -> None:
        """Give an area to a panel's things, with its background there if one was asked for."""
        panel = panel or self.brief.panels[len(self.room)]
        asked = panel.background
        if asked.kind or asked.colour or soft or border:
            self.frames.append(
                Frame(
                    box=area.box(self.width, self.height),
                    background=_background(
                        panel, self.palette.soft if soft else self.palette.sheet
                    ),
                    radius=radius_px / self.height,
                    border=border,
                    border_width=border_px / self.height,
                )
            )
            self.panel_frames.append(len(self.frames) - 1)
        else:
            self.panel_frames.append(0)
        self.room.append(room or area.inset(2.5 * self.unit))

    def put(
        self,
        said: Sequence[Said],
        area: Area,
        ground: Ground = "sheet",
        *,
        align: Align = "center",
        valign: Literal["top", "middle", "bottom"] = "middle",
        most_px: float = math.inf,
    ) -> None:
        """Stack strings in an area, as large as they go, in letters that read on the ground.

        ``left`` is where reading begins: Arabic and Hebrew strings are set flush right. On
        ``art`` each has a plate of its own, over the things; on a ground that an asked colour does
        not read on, all have one together.
        """
        p = self.palette
        ink = p.ink if ground in ("sheet", "soft") else p.band_ink
        plate = p.band if ground == "art" else None
        items = self.items(said, most_px)
        if plate is None and not readable(from_hex(ink), from_hex(self._behind(ground))):
            ink, area = p.band_ink, area.inset(4.5 * self.unit, 2.5 * self.unit)
            self._plate(stack(items, area, valign))
        for one, done in zip(said, stack(items, area, valign), strict=True):
            size = min(done.size * ROOMY, most_px)
            self.written.append(done.area)
            self.words[one.index] = TextBlock(
                text=one.text,
                box=done.area.box(self.width, self.height),
                font=done.item.font,
                colour=ink,
                panel=plate,
                align="right" if align == "left" and _from_right(one.text) else align,
                max_size_px=max(round(size), 8),
                min_size_px=SMALLEST_PX,
            )

    def _behind(self, ground: Ground) -> str:
        p = self.palette
        return {"band": p.band, "soft": p.soft}.get(ground, p.sheet)

    def _plate(self, placed: Sequence[Set]) -> None:
        """A plate behind strings that were stacked."""
        if placed:
            first, last = placed[0].area, placed[-1].area
            together = Area(first.x0, first.y0, last.x1, last.y1)
            plate = together.inset(-4 * self.unit, -2.2 * self.unit)
            self.add(plate, fill=self.palette.band, radius_px=2 * self.unit)

    def zone(self, one: Said) -> str:
        """The side of the sheet a string was asked at: above, where none was."""
        place = self.brief.words[one.index].place or "top"
        found = [side for side in ("top", "bottom", "left", "right") if side in place]
        return found[0] if found else "centre"

    def items(self, said: Sequence[Said], most_px: float = math.inf) -> list[Item]:
        """What is stacked of strings; ``most_px`` holds for the leading ones."""
        head, text = self.fonts.head, self.fonts.text
        few = len([s for s in self.said if not s.leads]) <= 2
        quiet = self.shows or self.brief.design == "invitation"
        unit = self.unit * (1.0 if quiet else 1.5) * (1.3 if few else 1.0)
        return [
            Item(s.text, s.role, head, unit, most_px)
            if s.leads
            else Item(
                s.text,
                s.role,
                head if s.role == "caption" or _price(s) else text,
                unit,
                price=_price(s),
            )
            for s in said
        ]

    def takes(
        self, said: Sequence[Said], area: Area, share: float, most_px: float = math.inf
    ) -> float:
        """The height in px that strings take of an area, at most ``share`` of it."""
        return needed(self.items(said, most_px), area, share)


def _background(panel: Panel, otherwise: str) -> Background:
    asked = panel.background
    if asked.kind is None and asked.colour is None:
        return Background(colour=otherwise)
    return Background(
        kind=asked.kind or "plain",
        colour=colour_code(asked.colour) if asked.colour else None,
        second=colour_code(asked.second) if asked.second else None,
    )


def _price(one: Said) -> bool:
    return one.role == "line" and is_price(one.text)


def _from_right(text: str) -> bool:
    """Whether a string's first strong letter runs from right to left (UAX 9, rule P2)."""
    strong = (unicodedata.bidirectional(character) for character in text)
    return next((found for found in strong if found in ("L", "R", "AL")), "L") != "L"
