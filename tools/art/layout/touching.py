"""Things that touch: one before another, in it or standing on it, judged by ink and not by boxes.

All measures are in the unit of the rectangles given; masks are silhouettes that fill them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from maquette.tools.art.layout.seen import shares
from maquette.tools.art.layout.ties import Rect, hull
from maquette.tools.art.painting.silhouettes import Mask

Inked = tuple[Rect, Mask]
Moved = tuple[float, float, float]
"""What takes a thing to its place: a scale about its upper left corner, then a shift."""

LEAST, AIM, MOST = 0.10, 0.18, 0.30
"""Share of a thing that what stands before it hides: at least, at best and at most."""
SEEN = 0.72
"""Least share of each copy that stays to be seen."""
NEARER = 0.1
"""How much lower the feet of what stands before another are, in the lower one's heights."""
ROW, ROW_NEARER = (1.0, 1.25, 1.5, 0.85, 0.7, 0.58, 0.48, 0.4, 0.33), (0.1, 0.3, 0.55)
"""The same, and the sizes that are tried, for several that stand before another in a row."""
OVER = 0.6
"""Share of its width by which each of several stands before the other, and not beside it."""
GROWN = (1.0, 1.2, 1.45, 1.7, 0.85, 0.7)
"""Sizes that are tried for what is too small to hide anything, or too large to leave anything."""
STEPS = 17
ASIDE = 0.4
"""What it costs that a row of many stands aside, in widths of the wider."""
SHRUNK = (1.0, 0.88, 0.76, 0.66, 0.56, 0.46, 0.38)
LEAST_SEEN = 0.7
"""Below it what stands behind is not plain to see."""
WITHIN, INK_WITHIN = 0.97, 0.9
"""Share of the ink of what is inside that lies on its host's: as it is put, and at least."""
GAP, RIM = 0.3, (0.12, 0.5)
"""Least share of a row that is empty between two handles, and where such a gap may end, from above:
what is open above has a body below."""
HANDLES = 0.3
"""Least share of ink beside such a gap: handles, and not the aerials of a television."""
DEEP = 0.15
"""How far below the gap's end what is inside reaches: over the far side of the rim."""
SUMMIT = 0.06
"""What of a thing's height, from above, another may stand on."""
SUNK = 0.012
"""How far what stands on another reaches into it, in its host's heights: so that they touch."""


def before(guests: Sequence[Inked], hosts: Sequence[Inked], to_right: bool) -> Moved:
    """Where guests stand before hosts: lower, over a visible part of them, at one side.

    Both are in any place of one plane; the guests move together. The place is the one whose hidden
    share of the hosts is nearest to ``AIM``.
    """
    box, own = hull([rect for rect, _ in hosts]), hull([rect for rect, _ in guests])
    best: tuple[float, Moved] | None = None
    many = len(guests) > 1
    sizes, feet = (ROW, ROW_NEARER) if many else (GROWN, (NEARER,))
    tried = [(by, down) for by in sizes for down in feet]
    for order, (by, down) in enumerate(tried):
        width, height = (own[2] - own[0]) * by, (own[3] - own[1]) * by
        foot = box[3] + down * min(height, box[3] - box[1])
        for k in range(STEPS):
            middle = (box[0] + box[2]) / 2
            edge = box[2] + width / 2 if to_right else box[0] - width / 2
            x = edge + (middle - edge) * k / (STEPS - 1) - width / 2
            move = (by, x - own[0] * by, foot - height - own[1] * by)
            moved = [(_moved(r, move), m) for r, m in guests]
            hidden, least = hidden_by(_solid(moved), hosts)
            wrong = max(0.0, LEAST + 0.02 - hidden) + max(0.0, hidden - MOST + 0.02)
            cost = 10 * wrong + 10 * max(0.0, SEEN - least) + abs(hidden - AIM)
            cost += (0.01 if many else 0.04) * order
            if many:
                cost += sum(_beside(rect, box) for rect, _ in moved)
                cost += ASIDE * abs(x + width / 2 - middle) / max(width, box[2] - box[0])
            if best is None or cost < best[0]:
                best = cost, move
        if not many and best is not None and best[0] < 0.1 + 0.04 * order:
            break
    assert best is not None
    return best[1]


def _solid(guests: Sequence[Inked]) -> list[Inked]:
    """Several as if nothing were seen through them: a row of bicycles is before a tree, too."""
    return [(r, _filled(m)) if len(guests) > 1 else (r, m) for r, m in guests]


def _beside(rect: Rect, box: Rect) -> float:
    """1 for what stands quite beside a box, 0 for what stands before it."""
    over = min(rect[2], box[2]) - max(rect[0], box[0])
    return max(0.0, 1 - max(over, 0.0) / (OVER * (rect[2] - rect[0])))


def inside(guests: Sequence[Inked], host: Inked, share: float) -> Moved:
    """Where guests lie in the mouth of a host that is open above, else on its ink; as large as that
    lets them be.

    ``share``: the most of the host's width and height that they take.
    """
    (x0, y0, x1, y1), mask = host
    own = hull([rect for rect, _ in guests])
    wide, high = own[2] - own[0], own[3] - own[1]
    mouth = mouth_of(mask)
    if mouth is not None:
        middle, rim = mouth
        low = rim + DEEP
        fit = min(1.0, share * (x1 - x0) / wide, low * (y1 - y0) / high)
        x = x0 + middle * (x1 - x0) - (own[0] + wide / 2) * fit
        return fit, x, y0 + low * (y1 - y0) - own[3] * fit
    fit = min(1.0, share * (x1 - x0) / wide, share * (y1 - y0) / high)
    best: tuple[float, Moved] | None = None
    for by in (fit * step for step in SHRUNK):
        for down in (0.56, 0.64, 0.48, 0.72, 0.4):
            for across in (0.5, 0.42, 0.58, 0.34, 0.66):
                x = x0 + across * (x1 - x0) - wide * by / 2 - own[0] * by
                y = y0 + down * (y1 - y0) - high * by / 2 - own[1] * by
                move = (by, x, y)
                lies = min(on_ink((_moved(r, move), m), host) for r, m in guests)
                if lies >= WITHIN:
                    return move
                if best is None or lies > best[0]:
                    best = lies, move
    assert best is not None
    return best[1]


def mouth_of(mask: Mask) -> tuple[float, float] | None:
    """Where a host is open above, between two handles: the middle of the gap across, and how far
    down it reaches, as shares of width and height. None: it is closed, or open to a side."""
    return _mouth(mask.tobytes(), mask.shape[1])


@lru_cache(maxsize=256)
def _mouth(ink: bytes, width: int) -> tuple[float, float] | None:
    mask = np.frombuffer(ink, dtype=np.bool_).reshape(-1, width)
    height = len(mask)
    for row in range(height - 1, -1, -1):
        columns = np.flatnonzero(mask[row])
        if len(columns) < 2:
            continue
        steps = np.diff(columns)
        at = int(np.argmax(steps))
        gap = np.arange(columns[at] + 1, columns[at] + steps[at])
        if len(gap) < GAP * (columns[-1] - columns[0] + 1):
            continue
        low = (row + 1) / height
        above = mask[: row + 1]
        closed = above[:-1, gap].mean() > 0.2 if row else True  # a handle over it: no way in
        if closed or above.mean() < HANDLES or not RIM[0] <= low <= RIM[1]:
            return None
        return float(gap[0] + gap[-1] + 1) / 2 / width, low
    return None


def on_top(guests: Sequence[Inked], host: Inked) -> Moved:
    """Where guests stand on the summit of a host: their lowest ink touches its highest."""
    (x0, y0, x1, y1), mask = host
    summit = _middle(mask[: max(1, round(SUMMIT * len(mask)))])
    own = hull([rect for rect, _ in guests])
    foot = (own[0] + own[2]) / 2
    if len(guests) == 1:
        (left, _, right, _), ink = guests[0]
        foot = left + _middle(ink[-max(1, round(SUMMIT * len(ink))) :]) * (right - left)
    x = x0 + summit * (x1 - x0) - foot
    return 1.0, x, y0 + SUNK * (y1 - y0) - own[3]


def touches(guests: Sequence[Inked], relation: str, hosts: Sequence[Inked]) -> bool:
    """Whether the ink itself tells of "inside" or "in front of"."""
    if relation == "inside":
        rect, mask = hosts[0]
        host = hosts[0] if mouth_of(mask) is None else (rect, _filled(mask))
        return min(on_ink(guest, host) for guest in guests) >= INK_WITHIN
    hidden, least = hidden_by(_solid(guests), hosts)
    return LEAST <= hidden <= MOST and least >= LEAST_SEEN


def hidden_by(guests: Sequence[Inked], hosts: Sequence[Inked]) -> tuple[float, float]:
    """Share of all hosts' ink that guests hide, and the least visible share of one host."""
    areas = [float(m.sum()) / m.size * (r[2] - r[0]) * (r[3] - r[1]) for r, m in hosts]
    seen = [shares([r, *(g for g, _ in guests)], [m, *(g for _, g in guests)])[0] for r, m in hosts]
    whole = sum(areas) or 1.0
    return 1 - sum(a * s for a, s in zip(areas, seen, strict=True)) / whole, min(seen)


def on_ink(guest: Inked, host: Inked) -> float:
    """Share of a guest's ink that lies on a host's."""
    return 1 - shares([guest[0], host[0]], [guest[1], host[1]])[0]


def _filled(mask: Mask) -> Mask:
    """A mask with each row filled from its first ink to its last: handles hold what is between."""
    right = np.maximum.accumulate(mask, axis=1)
    left = np.maximum.accumulate(mask[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(right & left)


def _moved(rect: Rect, move: Moved) -> Rect:
    by, x, y = move
    return rect[0] * by + x, rect[1] * by + y, rect[2] * by + x, rect[3] * by + y


def _middle(rows: Mask) -> float:
    """The middle of the ink of some rows, as a share of the width."""
    columns = np.flatnonzero(rows.any(axis=0))
    return (float(columns[0] + columns[-1]) + 1) / 2 / rows.shape[1] if len(columns) else 0.5
