"""Placing a text block in its box: every glyph, line and plate at its pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass

from maquette.model_servers.schemas.text_rendering import PlacedBlock, PlacedLine, TextBlock
from maquette.model_servers.text_rendering.line_breaking import Fit, Frame, Span, fit
from maquette.model_servers.text_rendering.outline import Bounds
from maquette.model_servers.text_rendering.shaping import Shaped, Word, arranged, shape
from maquette.records.errors import InvalidInput
from maquette.records.geometry import Box

PANEL_PAD_X = 0.5
PANEL_PAD_Y = 0.4
PANEL_RADIUS = 0.28
"""Plate padding and corner radius, in em."""


@dataclass(frozen=True)
class SetLine:
    """A line whose paragraph origin lies at ``(x, y)`` px; ``ink`` is in px, y downwards."""

    words: tuple[Word, ...]
    x: float
    y: float
    ink: Bounds

    @property
    def text(self) -> str:
        parts = (f"{word.text} " if word.spaced else word.text for word in self.words)
        return "".join(parts).rstrip(" ")


@dataclass(frozen=True)
class SetBlock:
    """A block set at a size. ``panel`` is the plate's box in px, when there is one."""

    block: TextBlock
    size_px: int
    stroke_px: float
    lines: tuple[SetLine, ...]
    ink: Bounds
    panel: Bounds | None

    def placed(self, width_px: int, height_px: int) -> PlacedBlock:
        """The boxes as fractions of the picture."""
        return PlacedBlock(
            size_px=self.size_px,
            lines=tuple(
                PlacedLine(text=line.text, box=_fractions(line.ink, width_px, height_px))
                for line in self.lines
            ),
            box=_fractions(self.ink, width_px, height_px),
        )


def set_block(block: TextBlock, width_px: int, height_px: int) -> SetBlock:
    """Shape, size, break and place a block in a picture of the given size.

    Raises: InvalidInput: unknown font, a character no font has, or text that does not fit.
    """
    shaped = shape(block.text, block.font, block.letter_spacing)
    box = _pixels(block.box, width_px, height_px)
    stroke = block.outline_ratio if block.outline else 0.0
    pad_x = PANEL_PAD_X if block.panel else 0.0
    pad_y = PANEL_PAD_Y if block.panel else 0.0
    # Heights over all words, so that the room needed does not depend on where lines break.
    top = max(shaped.cap_height, *(word.ink[3] for word in shaped.words))
    bottom = min(0.0, *(word.ink[1] for word in shaped.words))
    frame = Frame(
        width_px=box[2] - box[0],
        height_px=box[3] - box[1],
        first=top - bottom,
        pitch=_pitch(block, shaped),
        margin_x=stroke + pad_x,
        margin_y=stroke + pad_y,
    )
    spans = [Span(word.ink[0], word.ink[2], word.paragraph) for word in shaped.words]
    ceiling = math.ceil(frame.height_px / frame.first)
    smallest = min(block.min_size_px, block.max_size_px or block.min_size_px)
    largest = max(smallest, min(block.max_size_px or ceiling, ceiling))
    found = fit(spans, frame, min_px=smallest, max_px=largest)
    if found is None:
        raise _too_long(block, box, smallest)
    lines = _place(block, shaped, found, box, stroke + pad_x, stroke + pad_y)
    grown = stroke * found.size_px
    lines = tuple(SetLine(w.words, w.x, w.y, _grow(w.ink, grown, grown)) for w in lines)
    ink = _union([line.ink for line in lines])
    panel = _grow(ink, pad_x * found.size_px, pad_y * found.size_px) if block.panel else None
    return SetBlock(block, found.size_px, grown, lines, ink, panel)


def _pitch(block: TextBlock, shaped: Shaped) -> float:
    """The distance of baselines (em): as asked, or more where marks would touch otherwise."""
    if not shaped.tall:
        return block.line_height
    inks = [word.ink for word in shaped.words]
    return max(block.line_height, max(ink[3] for ink in inks) - min(ink[1] for ink in inks) + 0.06)


def _too_long(block: TextBlock, box: Bounds, smallest: int) -> InvalidInput:
    return InvalidInput(
        f"the text {block.text!r} does not fit its box of {box[2] - box[0]:.0f} x "
        f"{box[3] - box[1]:.0f} px even at the smallest size, {smallest} px "
        f"(font {block.font})",
        hint="give it a larger box, fewer words or a smaller min_size_px",
    )


def _place(
    block: TextBlock, shaped: Shaped, found: Fit, box: Bounds, margin_x: float, margin_y: float
) -> tuple[SetLine, ...]:
    size = found.size_px
    x0, y0 = box[0] + margin_x * size, box[1] + margin_y * size
    x1, y1 = box[2] - margin_x * size, box[3] - margin_y * size
    rows = [arranged(shaped.words[first:last]) for first, last in found.lines]
    pitch = _pitch(block, shaped) * size
    # Offsets of the outermost ink from the first baseline, y downwards.
    tops = [i * pitch - max(w.ink[3] for w in row) * size for i, row in enumerate(rows)]
    feet = [i * pitch - min(w.ink[1] for w in row) * size for i, row in enumerate(rows)]
    highest, lowest = min(tops), max(feet)
    cap, span = shaped.cap_height * size, (len(rows) - 1) * pitch
    match block.valign:
        case "top":
            baseline = y0 + max(cap, -highest)
        case "bottom":
            baseline = y1 - max(span, lowest)
        case _:
            # With a plate the ink is centred, since the plate hugs it; without one, the eye
            # takes capitals and baseline for the block and overlooks a tail or two.
            shift = (-highest - lowest) / 2 if block.panel else (cap - span) / 2
            baseline = (y0 + y1) / 2 + shift
    baseline = min(max(baseline, y0 - highest), y1 - lowest)
    return tuple(
        _line(block.align, row, size, x0, x1, baseline + i * pitch) for i, row in enumerate(rows)
    )


def _line(align: str, row: tuple[Word, ...], size: int, x0: float, x1: float, y: float) -> SetLine:
    left, right = min(w.ink[0] for w in row) * size, max(w.ink[2] for w in row) * size
    match align:
        case "left":
            x = x0 - left
        case "right":
            x = x1 - right
        case _:
            x = (x0 + x1 - left - right) / 2
    low, high = min(w.ink[1] for w in row) * size, max(w.ink[3] for w in row) * size
    return SetLine(row, x, y, (x + left, y - high, x + right, y - low))


def _pixels(box: Box, width_px: int, height_px: int) -> Bounds:
    return box.x0 * width_px, box.y0 * height_px, box.x1 * width_px, box.y1 * height_px


def _fractions(ink: Bounds, width_px: int, height_px: int) -> Box:
    x0, x1 = (min(max(value / width_px, 0.0), 1.0) for value in (ink[0], ink[2]))
    y0, y1 = (min(max(value / height_px, 0.0), 1.0) for value in (ink[1], ink[3]))
    return Box(x0=x0, y0=y0, x1=x1, y1=y1)


def _grow(box: Bounds, x: float, y: float) -> Bounds:
    return box[0] - x, box[1] - y, box[2] + x, box[3] + y


def _union(boxes: list[Bounds]) -> Bounds:
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)
