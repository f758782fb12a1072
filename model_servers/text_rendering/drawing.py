"""Drawing: set blocks to vector paths, paths to pixels, pixels over the picture."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

from maquette.model_servers.text_rendering.block import PANEL_RADIUS, SetBlock, SetLine
from maquette.model_servers.text_rendering.outline import Point

if TYPE_CHECKING:
    from PIL import Image

    from maquette.records.geometry import Box


def svg_of(blocks: Iterable[SetBlock], width_px: int, height_px: int) -> str:
    """A whole SVG of that size with the blocks and nothing else."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width_px}" height="{height_px}" '
        f'viewBox="0 0 {width_px} {height_px}">' + fragment_of(blocks) + "</svg>"
    )


def fragment_of(blocks: Iterable[SetBlock]) -> str:
    """The blocks as SVG elements, in px: all plates first, then all letters, so that no plate
    hides a neighbour's text. Identifiers begin with ``letters``."""
    blocks = tuple(blocks)
    body = [_panel(block) for block in blocks if block.panel]
    for number, block in enumerate(blocks):
        for row, line in enumerate(block.lines):
            body += _letters(block, line)
            body += _pictures(block.size_px, line, f"letters{number}-{row}-")
    return "".join(body)


def _panel(block: SetBlock) -> str:
    x0, y0, x1, y1 = block.panel or block.ink
    radius = min(PANEL_RADIUS * block.size_px, (x1 - x0) / 2, (y1 - y0) / 2)
    return (
        f'<rect x="{x0:.2f}" y="{y0:.2f}" width="{x1 - x0:.2f}" height="{y1 - y0:.2f}" '
        f'rx="{radius:.2f}" fill="{block.block.panel}"/>'
    )


def _letters(block: SetBlock, line: SetLine) -> list[str]:
    """The line's path: its stroke below, its fill above, so strokes never thin the letters."""
    path = "".join(_glyph_paths(block.size_px, line))
    parts: list[str] = []
    if not path:
        return parts
    if block.block.outline and block.stroke_px > 0:
        parts.append(
            f'<path d="{path}" fill="{block.block.outline}" stroke="{block.block.outline}" '
            f'stroke-width="{2 * block.stroke_px:.2f}" stroke-linejoin="round"/>'
        )
    parts.append(f'<path d="{path}" fill="{block.block.colour}"/>')
    return parts


def _glyph_paths(size: int, line: SetLine) -> Iterable[str]:
    for word in line.words:
        for glyph in word.glyphs:
            unit = glyph.scale * size
            left, base = line.x + glyph.x * size, line.y - glyph.y * size

            def place(point: Point, unit: float = unit, x: float = left, y: float = base) -> Point:
                return x + point[0] * unit, y - point[1] * unit

            yield glyph.outline.svg(place)


def _pictures(size: int, line: SetLine, prefix: str) -> Iterable[str]:
    """The line's emoji; ``prefix`` keeps their identifiers apart from all others."""
    number = 0
    for word in line.words:
        for glyph in word.glyphs:
            if glyph.picture is not None:
                x, y = line.x + glyph.x * size, line.y - glyph.y * size
                yield glyph.picture.svg(x, y, glyph.scale * size, f"{prefix}{number}-")
                number += 1


def rasterise(svg: str) -> Image.Image:
    """The SVG as an RGBA picture of its own size, clear where nothing is drawn."""
    import resvg_py
    from PIL import Image

    data = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)
    return Image.open(io.BytesIO(data)).convert("RGBA")


def place_art(sheet: Image.Image, art: Image.Image, box: Box) -> None:
    """Paste the art over its box: scaled to cover it, aspect kept, the middle shown.

    Enlarging is bicubic (little ringing at hard edges), reducing is Lanczos.
    """
    from PIL import Image, ImageOps

    left, right = round(box.x0 * sheet.width), round(box.x1 * sheet.width)
    top, bottom = round(box.y0 * sheet.height), round(box.y1 * sheet.height)
    size = max(right - left, 1), max(bottom - top, 1)
    enlarging = max(size[0] / art.width, size[1] / art.height) >= 1
    method = Image.Resampling.BICUBIC if enlarging else Image.Resampling.LANCZOS
    fitted = ImageOps.fit(art.convert("RGBA"), size, method=method)
    sheet.alpha_composite(fitted, (left, top))
