"""Flat things that neither the world nor the training has, in the world's colours: for the test.

They make the test harder than ``unseen_families`` alone: everything but the thing is the
world's own.
"""

from __future__ import annotations

import numpy as np

from maquette.training.guard.examples.canvas import ground, ink, inks, paint, path


def clocks(rng: np.random.Generator) -> np.ndarray:
    """Dials with marks and two hands."""
    body = ""
    for _ in range(int(rng.integers(1, 4))):
        x, y, r = rng.uniform((250, 250, 90), (750, 750, 240))
        face, marks, hands = inks(rng, 3)
        body += f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{r:.0f}" fill="{face}"/>'
        for hour in range(12):
            way = np.array([np.sin(hour * np.pi / 6), np.cos(hour * np.pi / 6)])
            tick = np.outer((0.78 * r, 0.92 * r), way) + np.array((x, y))
            more = f'stroke="{marks}" stroke-width="{r / 14:.0f}"'
            body += path(tick, "none", more, closed=False)
        for length in (0.45, 0.7):
            turn = rng.uniform(0, 2 * np.pi)
            hand = np.array([(0, 0), (length * r * np.cos(turn), length * r * np.sin(turn))])
            more = f'stroke="{hands}" stroke-width="{r / 10:.0f}" stroke-linecap="round"'
            body += path(hand + np.array((x, y)), "none", more, closed=False)
    return paint(body, ground(rng))


def keys(rng: np.random.Generator) -> np.ndarray:
    """Door keys: a ring, a shaft and a few teeth, turned anyhow."""
    body = ""
    for _ in range(int(rng.integers(1, 5))):
        x, y, s = rng.uniform((250, 250, 50), (750, 750, 110))
        colour, length = ink(rng), rng.uniform(2.5, 4.5)
        parts = (
            f'<circle r="{s:.0f}" fill="none" stroke="{colour}" stroke-width="{0.45 * s:.0f}"/>'
            f'<rect x="{s:.0f}" y="{-0.2 * s:.0f}" width="{length * s:.0f}" height="{0.4 * s:.0f}"'
            f' fill="{colour}"/>'
        )
        for tooth in range(int(rng.integers(2, 4))):
            at = s * (1 + length - 0.35 - 0.55 * tooth)
            parts += (
                f'<rect x="{at:.0f}" y="0" width="{0.3 * s:.0f}"'
                f' height="{rng.uniform(0.5, 0.9) * s:.0f}" fill="{colour}"/>'
            )
        turn = f"translate({x:.0f} {y:.0f}) rotate({rng.uniform(0, 360):.0f})"
        body += f'<g transform="{turn}">{parts}</g>'
    return paint(body, ground(rng))


def robots(rng: np.random.Generator) -> np.ndarray:
    """Boxy figures with eyes, arms, legs and an aerial."""
    body = ""
    for _ in range(int(rng.integers(1, 4))):
        x, y, s = rng.uniform((250, 300, 70), (750, 650, 150))
        skin, trim = inks(rng, 2)
        boxes = [
            (-0.5, -1.5, 1, 0.8, skin),
            (-0.7, -0.6, 1.4, 1.4, skin),
            (-1.1, -0.5, 0.3, 1.1, trim),
            (0.8, -0.5, 0.3, 1.1, trim),
            (-0.5, 0.85, 0.35, 0.8, trim),
            (0.15, 0.85, 0.35, 0.8, trim),
            (-0.3, -1.25, 0.2, 0.2, trim),
            (0.1, -1.25, 0.2, 0.2, trim),
            (-0.03, -1.9, 0.06, 0.4, trim),
        ]
        for left, top, w, h, colour in boxes:
            body += (
                f'<rect x="{x + left * s:.0f}" y="{y + top * s:.0f}" width="{w * s:.0f}"'
                f' height="{h * s:.0f}" fill="{colour}"/>'
            )
    return paint(body, ground(rng))


def flags(rng: np.random.Generator) -> np.ndarray:
    """A flag over the whole picture or on a pole: bands, a cross, or a wedge and a band."""
    a, b, c = inks(rng, 3)
    kind = rng.integers(3)
    if kind == 0:
        body = (
            f'<rect width="1000" height="333" fill="{a}"/>'
            f'<rect y="333" width="1000" height="334" fill="{b}"/>'
            f'<rect y="667" width="1000" height="333" fill="{c}"/>'
        )
    elif kind == 1:
        body = (
            f'<rect width="1000" height="1000" fill="{a}"/>'
            f'<rect x="280" width="170" height="1000" fill="{b}"/>'
            f'<rect y="415" width="1000" height="170" fill="{b}"/>'
        )
    else:
        body = (
            f'<rect width="1000" height="500" fill="{a}"/>'
            f'<rect y="500" width="1000" height="500" fill="{b}"/>'
            f'<path d="M0,0 L550,500 L0,1000Z" fill="{c}"/>'
        )
    if rng.random() < 0.5:
        return paint(body, ground(rng))
    pole = f'<rect x="180" y="120" width="24" height="800" fill="{ink(rng)}"/>'
    w, h = rng.uniform(0.35, 0.6), rng.uniform(0.25, 0.4)
    cloth = f'<g transform="translate(204 130) scale({w:.2f} {h:.2f})">{body}</g>'
    return paint(pole + cloth, ground(rng))


FAMILIES = (clocks, keys, robots, flags)
