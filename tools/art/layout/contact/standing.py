"""Things that stand on another: their feet on its upper edge or its seat, side by side.

The host is read by its upper profile: in each column its highest ink; a known seat (of a sofa, a
bed) takes its place. All measures are in the unit of the rectangles given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maquette.tools.art.layout.nature import Seat
from maquette.tools.art.layout.seen import hit, shares
from maquette.tools.art.layout.ties import Rect, overlap
from maquette.tools.art.layout.touching import Inked, Moved

Profile = NDArray[np.float64]
"""For each column of a host its highest ink, as a share of its height; infinite: none."""

FOOT = 0.07
"""Share of a thing's height, from below, that is its feet."""
SUNK = 0.012
"""How far feet reach into what bears them, in its heights: so that they touch."""
DEEPEST = 0.22
"""The most that the highest point under a thing reaches into it, in its heights."""
RAISED = 0.02
"""The most that a lower foot reaches in for a higher one to touch, in its heights."""
APART, CLOSER = 0.06, -0.12
"""Between neighbours, in their mean width; and where they would become small."""
SMALL = 0.8
"""Size from which neighbours rather overlap a little than become still smaller."""
ALONE_OVER = 1.2
"""How much wider than what bears it one thing alone may be; several are no wider together."""
SHRUNK = (1.0, 0.88, 0.77, 0.68, 0.6, 0.52, 0.45)
MOST_HIDDEN = 0.28
"""Share of a host's ink that those on it may hide."""
CROWDED = 0.45
"""Size below which those on a seat may use the whole width that the host has at its height."""
STEPS = 25
SLOPE, VOID, OFF, LOW, TAKEN = 1.6, 1.2, 0.35, 0.3, 6.0
"""What it costs: feet on a slope, in their heights; feet over nothing, in shares; to stand off the
middle and below the summit, in the host's sides; to stand where another does, in shares of it."""
TOLERANCE = 0.04
"""Distance, in the lower one's heights, up to which ink counts as touching."""


@dataclass(frozen=True)
class Stander:
    """What is to stand: its rectangle with all that stands on it in turn, and its own ink."""

    box: Rect
    base: Inked


def seat_for(standers: Sequence[Stander], host: Inked, seat: Seat | None) -> Seat | None:
    """The seat, as wide as the host is there where all would become small on it."""
    if seat is None:
        return None
    (x0, _, x1, _), mask = host
    if CROWDED * _row(standers, CLOSER) <= (seat.right - seat.left) * (x1 - x0):
        return seat
    height, width = mask.shape
    there = np.flatnonzero(mask[min(height - 1, int(seat.top * height))])
    return Seat(seat.top, float(there[0]) / width, float(there[-1] + 1) / width)


def fitting(standers: Sequence[Stander], host: Inked, seat: Seat | None) -> float:
    """The largest size, at most 1, at which all stand side by side on the host."""
    (x0, _, x1, _), _ = host
    room = x1 - x0 if seat is None else (seat.right - seat.left) * (x1 - x0)
    alone = len(standers) == 1 and seat is None
    most = (ALONE_OVER if alone else 1.0) * room
    loose = most / _row(standers, APART)
    return min(1.0, loose if loose >= SMALL else min(SMALL, most / _row(standers, CLOSER)))


def stood(
    standers: Sequence[Stander], host: Inked, seat: Seat | None = None, taken: Sequence[Rect] = ()
) -> list[Moved]:
    """Where they stand, from left to right as given; made smaller where they would hide too much.

    Args:
        taken: where others stand on it already.
    """
    fit = fitting(standers, host, seat)
    found: list[Moved] = []
    for by in (fit * step for step in SHRUNK):
        found = _row_at(standers, host, seat, by, taken)
        moved = [(_moved(one.base[0], move), one.base[1])
                 for one, move in zip(standers, found, strict=True)]  # fmt: skip
        seen = shares([host[0], *(r for r, _ in moved)], [host[1], *(m for _, m in moved)])[0]
        free = all(overlap(rect, other) <= 0 for rect, _ in moved for other in taken)
        if seen >= 1 - MOST_HIDDEN and free:
            break
    return found


def bears(host: Inked, guest: Inked) -> bool:
    """Whether the guest's feet touch the host's ink, their middle over it."""
    (x0, y0, x1, y1), mask = guest
    columns, lows = _feet(mask)
    xs = x0 + (columns + 0.5) / mask.shape[1] * (x1 - x0)
    ys = y0 + lows * (y1 - y0)
    reach = TOLERANCE * (host[0][3] - host[0][1])
    near = [hit(*host, xs, ys + reach * k / 4) for k in range(-4, 5)]
    over = host[0][0] <= (xs.min() + xs.max()) / 2 <= host[0][2]
    return bool(over and np.any(near))


def _row(standers: Sequence[Stander], gap: float) -> float:
    """Width of all side by side."""
    widths = [one.box[2] - one.box[0] for one in standers]
    return sum(widths) + gap * sum(widths) / len(widths) * (len(widths) - 1)


def _row_at(
    standers: Sequence[Stander], host: Inked, seat: Seat | None, by: float, taken: Sequence[Rect]
) -> list[Moved]:
    """The best place of the whole row at one size."""
    (x0, _, x1, _), mask = host
    profile = _profile(mask, seat)
    there = np.flatnonzero(np.isfinite(profile))
    left = x0 + there[0] / len(profile) * (x1 - x0)
    right = x0 + (there[-1] + 1) / len(profile) * (x1 - x0)
    gap = APART if by * _row(standers, APART) <= right - left else CLOSER
    whole = by * _row(standers, gap)
    wide = [by * (one.box[2] - one.box[0]) for one in standers]
    step = gap * sum(wide) / len(wide)
    slack = max(0.0, right - left - whole) / 2
    best: tuple[float, list[Moved]] | None = None
    for k in range(STEPS):
        start = (left + right - whole) / 2 + slack * (2 * k / (STEPS - 1) - 1)
        cost, moves = 0.0, []
        for one, width in zip(standers, wide, strict=True):
            own, move = _rested(one, host, profile, by, start)
            cost += own
            cost += TAKEN * sum(_share(_moved(one.box, move), other) for other in taken)
            moves.append(move)
            start += width + step
        cost += OFF * len(wide) * abs(slack * (2 * k / (STEPS - 1) - 1)) / (x1 - x0)
        if best is None or cost < best[0]:
            best = cost, moves
    assert best is not None
    return best[1]


def _rested(
    one: Stander, host: Inked, profile: Profile, by: float, start: float
) -> tuple[float, Moved]:
    """One let down on the host with its left edge at ``start``, and what that costs."""
    (x0, y0, x1, y1), _ = host
    (bx0, _, bx1, by1), mask = one.base
    high = y1 - y0
    tall = by * (by1 - one.base[0][1])
    columns, lows = _feet(mask)
    shift = start - by * one.box[0]
    xs = by * (bx0 + (columns + 0.5) / mask.shape[1] * (bx1 - bx0)) + shift
    at = np.floor((xs - x0) / (x1 - x0) * len(profile)).astype(int)
    inside = (at >= 0) & (at < len(profile))
    tops = np.full(len(xs), np.inf)
    tops[inside] = profile[at[inside]]
    on = np.isfinite(tops)
    if not on.any():
        return 10.0, (by, shift, y0 - by * by1)
    # The feet of a thing end at different heights: each rests at the ground under it.
    grounds = y0 + tops[on] * high
    rests = grounds + (1 - lows[on]) * tall
    slope = float(rests.max() - rests.min())
    foot = min(rests.max(), rests.min() + DEEPEST * tall, grounds.max() + RAISED * tall)
    foot = float(foot) + SUNK * high
    summit = float(profile[np.isfinite(profile)].min()) * high + y0
    cost = SLOPE * slope / tall + VOID * float(1 - on.mean()) + LOW * (foot - summit) / high
    return cost, (by, shift, foot - by * by1)


def _profile(mask: NDArray[np.bool_], seat: Seat | None) -> Profile:
    height, width = mask.shape
    if seat is not None:
        middles = (np.arange(width) + 0.5) / width
        inside = (middles >= seat.left) & (middles <= seat.right)
        return np.where(inside, seat.top, np.inf)
    return np.where(mask.any(axis=0), mask.argmax(axis=0) / height, np.inf)


def _feet(mask: NDArray[np.bool_]) -> tuple[NDArray[np.intp], Profile]:
    """The columns of a thing's feet, and where each ends, as a share of its height."""
    height = mask.shape[0]
    lows = np.where(mask.any(axis=0), 1 - mask[::-1].argmax(axis=0) / height, 0.0)
    columns = np.flatnonzero(lows >= lows.max() - FOOT)
    return columns, lows[columns]


def _share(rect: Rect, other: Rect) -> float:
    return overlap(rect, other) / ((rect[2] - rect[0]) * (rect[3] - rect[1]))


def _moved(rect: Rect, move: Moved) -> Rect:
    by, x, y = move
    return rect[0] * by + x, rect[1] * by + y, rect[2] * by + x, rect[3] * by + y
