"""What a training leaves to read: one JSON line per logged step, and a plot of them."""

from __future__ import annotations

import json
import math
from pathlib import Path

import resvg_py

_PALETTE = ("#2563dc", "#dc2626", "#2a9d46", "#f98c16", "#823cb4", "#7d4e2d", "#f478b4")


class Journal:
    """Append records to a JSON-lines file.

    Args:
        path: the file; parents are made, earlier lines are kept.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def write(self, **record: float | int | str) -> None:
        """Append one record."""
        with self.path.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(record) + "\n")

    def read(self) -> list[dict]:
        """List the records so far."""
        if not self.path.exists():
            return []
        return [json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines()]


def plot(records: list[dict], keys: list[str], path: Path) -> None:
    """Draw named numbers over ``step`` on a logarithmic scale, as PNG.

    Args:
        records: rows of a journal; rows without a key are left out of its line.
        keys: which numbers to draw; non-positive values are skipped.
        path: where the PNG goes.
    """
    lines = {
        key: [(r["step"], math.log10(r[key])) for r in records if r.get(key, 0) > 0] for key in keys
    }
    lines = {key: points for key, points in lines.items() if len(points) > 1}
    if not lines:
        return
    xs = [x for points in lines.values() for x, _ in points]
    ys = [y for points in lines.values() for _, y in points]
    low, high = math.floor(min(ys)), math.ceil(max(ys))
    span_x, span_y = max(xs) - min(xs) or 1, high - low or 1

    def at(x: float, y: float) -> str:
        return f"{70 + 800 * (x - min(xs)) / span_x:.1f},{430 - 400 * (y - low) / span_y:.1f}"

    parts = ['<rect width="900" height="470" fill="#ffffff"/>']
    for power in range(low, high + 1):
        height = at(min(xs), power).split(",")[1]
        parts.append(f'<path d="M70,{height} H870" stroke="#d0d4da"/>')
        parts.append(f'<text x="8" y="{height}" font-size="14">1e{power}</text>')
    for i, (key, points) in enumerate(lines.items()):
        colour = _PALETTE[i % len(_PALETTE)]
        path_data = " ".join(at(x, y) for x, y in points)
        parts.append(f'<polyline points="{path_data}" fill="none" stroke="{colour}"/>')
        parts.append(f'<text x="{80 + 120 * i}" y="20" font-size="14" fill="{colour}">{key}</text>')
    parts.append(f'<text x="790" y="455" font-size="14">step {max(xs)}</text>')
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="470"'
        f' font-family="DejaVu Sans">{"".join(parts)}</svg>'
    )
    path.write_bytes(bytes(resvg_py.svg_to_bytes(svg_string=svg)))
