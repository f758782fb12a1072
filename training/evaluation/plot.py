"""One figure of all rows: value, interval and bar."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import resvg_py

_LEFT, _WIDE, _STEP, _TOP = 230, 600, 30, 34


def draw_bars(records: Sequence[dict[str, Any]], path: Path) -> None:
    """Write a PNG with a bar a row, green where it holds; thin line: interval; thick: bar."""
    width, height = _LEFT + _WIDE + 70, _TOP + _STEP * len(records) + 10
    parts = [f'<rect width="{width}" height="{height}" fill="#ffffff"/>']
    for tenth in range(0, 11, 2):
        x = _LEFT + _WIDE * tenth / 10
        parts.append(f'<path d="M{x:.0f},{_TOP - 8}V{height}" stroke="#dddddd"/>')
        parts.append(f'<text x="{x - 10:.0f}" y="{_TOP - 12}" font-size="13">{tenth / 10}</text>')
    for i, row in enumerate(records):
        y = _TOP + _STEP * i
        parts.append(f'<text x="8" y="{y + 15}" font-size="14">{escape(row["name"])}</text>')
        parts += _bar(row, y)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' font-family="DejaVu Sans">{"".join(parts)}</svg>'
    )
    path.write_bytes(bytes(resvg_py.svg_to_bytes(svg_string=svg)))


def _bar(row: dict[str, Any], y: int) -> list[str]:
    at = {key: _LEFT + _WIDE * float(row[key]) for key in ("value", "low", "high", "bar")}
    parts = []
    if row["n"]:
        colour = "#2a9d46" if row["holds"] else "#dc2626"
        wide = f"{at['value'] - _LEFT:.1f}"
        parts = [
            f'<rect x="{_LEFT}" y="{y}" width="{wide}" height="20" fill="{colour}"/>',
            f'<path d="M{at["low"]:.1f},{y + 10}H{at["high"]:.1f}" stroke="#111111"/>',
            f'<text x="{_LEFT + _WIDE + 8}" y="{y + 15}" font-size="14">{row["value"]:.3f}</text>',
        ]
    else:
        parts = [f'<text x="{_LEFT + 6}" y="{y + 15}" font-size="13">not measured</text>']
    line = f'<path d="M{at["bar"]:.1f},{y - 3}V{y + 23}" stroke="#111111" stroke-width="3"/>'
    return [*parts, line]
