"""Patterns printed on the body of a thing, in an ink that leaves its colour plain to see."""

from __future__ import annotations

from maquette.words.colours import Rgb, hex_code

PATTERNS = ("plain", "striped", "dotted", "checked")
"""Every pattern by name; ``plain`` is none."""

INKS: dict[str, Rgb] = {
    "red": (250, 205, 205),
    "orange": (255, 228, 196),
    "yellow": (196, 140, 20),
    "green": (190, 230, 196),
    "blue": (190, 212, 252),
    "purple": (222, 198, 242),
    "pink": (255, 225, 240),
    "brown": (222, 196, 170),
    "black": (150, 150, 160),
    "white": (150, 168, 196),
    "gray": (218, 221, 226),
}
"""Colour word to the ink of its patterns."""

_TILE = 10.0
_MARKS: dict[str, tuple[str, str]] = {
    "striped": ("rotate(35)", '<rect width="2.6" height="10" fill="{ink}"/>'),
    "dotted": (
        "scale(1.25)",
        '<circle cx="2.5" cy="2.5" r="2.1" fill="{ink}"/>'
        '<circle cx="7.5" cy="7.5" r="2.1" fill="{ink}"/>',
    ),
    "checked": ("", '<path d="M4.2,0H5.8V4.2H10V5.8H5.8V10H4.2V5.8H0V4.2H4.2Z" fill="{ink}"/>'),
}
"""Pattern to a turn of its tile and the marks on it; marks cover 26 to 30 % of a tile."""


def pattern_svg(name: str, pattern: str, colour: str, scale: tuple[float, float]) -> str:
    """Write a pattern as an SVG definition; it is clear between the marks.

    Args:
        name: id of the definition.
        pattern: key of ``PATTERNS`` other than ``plain``.
        colour: key of ``INKS``.
        scale: picture units (thousandths of the side) a drawing unit, along x and y; tiles
            are about a fifth of the thing and square whatever the scale.
    """
    sx, sy = scale
    period = max(36.0, 19.0 * (sx * sy) ** 0.5) / _TILE
    turn, marks = _MARKS[pattern]
    return (
        f'<pattern id="{name}" width="10" height="10" patternUnits="userSpaceOnUse"'
        f' patternTransform="scale({period / sx:.4f} {period / sy:.4f}) {turn}">'
        f"{marks.format(ink=hex_code(INKS[colour]))}</pattern>"
    )
