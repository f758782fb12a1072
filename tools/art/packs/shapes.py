"""The pack ``shapes``: plain figures of geometry, so that a red circle need not be an emoji."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from functools import cached_property

from maquette.records.errors import NotFound
from maquette.tools.art.contract import Art, Licence, ThingCard

SIDE = 100.0
FILL = "#3b6fd4"
"""Of a figure nobody gave a colour."""
Point = tuple[float, float]


def _regular(corners: int, turn: float = -90.0) -> list[Point]:
    """Corners of a regular polygon round (50, 50), the first ``turn`` degrees from the right."""
    angles = [math.radians(turn + 360.0 * k / corners) for k in range(corners)]
    return [(50 + 48 * math.cos(angle), 50 + 48 * math.sin(angle)) for angle in angles]


_CORNERS: dict[str, Sequence[Point]] = {
    "square": [(8, 8), (92, 8), (92, 92), (8, 92)],
    "rectangle": [(4, 22), (96, 22), (96, 78), (4, 78)],
    "triangle": [(50, 8), (96, 90), (4, 90)],
    "diamond": [(50, 4), (86, 50), (50, 96), (14, 50)],
    "pentagon": _regular(5),
    "hexagon": _regular(6, 0.0),
    "octagon": _regular(8, 22.5),
    "trapezoid": [(28, 22), (72, 22), (96, 78), (4, 78)],
    "parallelogram": [(26, 24), (96, 24), (74, 76), (4, 76)],
    "cross": [
        *((36, 6), (64, 6), (64, 36), (94, 36), (94, 64), (64, 64)),
        *((64, 94), (36, 94), (36, 64), (6, 64), (6, 36), (36, 36)),
    ],
    "arrow": [(4, 36), (58, 36), (58, 14), (96, 50), (58, 86), (58, 64), (4, 64)],
}
_ROUND: dict[str, tuple[str, tuple[float, float, float, float]]] = {
    "circle": ('<circle cx="50" cy="50" r="46" fill="{fill}"/>', (4, 4, 96, 96)),
    "oval": ('<ellipse cx="50" cy="50" rx="47" ry="31" fill="{fill}"/>', (3, 19, 97, 81)),
    "semicircle": ('<path d="M4 73 A46 46 0 0 1 96 73 Z" fill="{fill}"/>', (4, 27, 96, 73)),
}
_LANGUAGES = ("en", "de", "es", "zh")
_NAMED = {
    "circle": "circle, disc, disk | kreis | círculo | 圆, 圆形, 圆圈",
    "square": "square | quadrat | cuadrado | 正方形, 方块",
    "rectangle": "rectangle, oblong | rechteck | rectángulo | 长方形, 矩形",
    "triangle": "triangle | dreieck | triángulo | 三角形",
    "diamond": "diamond shape, rhombus, lozenge | raute | rombo | 菱形",
    "pentagon": "pentagon | fünfeck | pentágono | 五边形",
    "hexagon": "hexagon | sechseck | hexágono | 六边形",
    "octagon": "octagon | achteck | octágono | 八边形",
    "trapezoid": "trapezoid, trapezium | trapez | trapecio | 梯形",
    "parallelogram": "parallelogram | parallelogramm | paralelogramo | 平行四边形",
    "cross": "cross, plus | kreuz | cruz | 十字",
    "arrow": "arrow | pfeil | flecha | 箭头",
    "oval": "oval, ellipse | oval, ellipse | óvalo, elipse | 椭圆, 椭圆形",
    "semicircle": "semicircle, half circle | halbkreis | semicírculo | 半圆, 半圆形",
}
_NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    shape: {
        language: tuple(one.strip() for one in names.split(","))
        for language, names in zip(_LANGUAGES, named.split("|"), strict=True)
    }
    for shape, named in _NAMED.items()
}


class ShapesPack:
    """Figures of geometry, drawn by their definition."""

    name = "shapes"
    title = "Maquette plain shapes"
    licence = Licence("Apache-2.0", "Maquette", "drawn by their definition")
    style = "flat figures of one colour"

    @cached_property
    def digest(self) -> str:
        """See ``ArtPack.digest``."""
        drawn = "".join(f"{name}{_art(name)}{_NAMES[name]}" for name in sorted(_NAMES))
        return hashlib.sha256(drawn.encode()).hexdigest()

    def cards(self) -> Mapping[str, ThingCard]:
        """See ``ArtPack.cards``."""
        return self._cards

    @cached_property
    def _cards(self) -> dict[str, ThingCard]:
        cards = (
            ThingCard(id=f"{self.name}:{name}", names=names, group="shapes")
            for name, names in _NAMES.items()
        )
        return {card.id: card for card in cards}

    def art(self, id: str) -> Art:
        """See ``ArtPack.art``."""
        name = id.partition(":")[2]
        if id not in self._cards:
            raise NotFound(
                f"the pack {self.name} has no thing {id!r}", hint=f"It has: {', '.join(_NAMES)}."
            )
        return _art(name)


def _art(name: str) -> Art:
    if name in _ROUND:
        body, ink = _ROUND[name]
        return Art((0, 0, SIDE, SIDE), body.format(fill=FILL), ink)
    corners = _CORNERS[name]
    path = "M" + " L".join(f"{x:.2f} {y:.2f}" for x, y in corners) + " Z"
    xs, ys = zip(*corners, strict=True)
    body = f'<path d="{path}" fill="{FILL}"/>'
    return Art((0, 0, SIDE, SIDE), body, (min(xs), min(ys), max(xs), max(ys)))
