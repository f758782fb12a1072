"""Flat things that the world does not have, in its own colours on its own grounds: to learn from.

They are near the world in everything but the thing, which is what textures and charts do not
teach. None of these procedures is one of the test's (``unseen_families``, ``unseen_things``).
"""

from __future__ import annotations

import numpy as np

from maquette.training.guard.examples.canvas import ground, ink, inks, paint, path


def blobs(rng: np.random.Generator) -> np.ndarray:
    """One to five smooth closed curves with random harmonics, some with a hole."""
    body, below = "", ground(rng)
    turns = np.linspace(0, 2 * np.pi, 160, endpoint=False)
    for _ in range(int(rng.integers(1, 6))):
        radii = np.ones_like(turns)
        for harmonic in range(2, int(rng.integers(4, 12))):
            swing = rng.normal(0, 0.5) / harmonic**0.8
            radii = radii + swing * np.cos(harmonic * turns + rng.uniform(0, 2 * np.pi))
        size, middle = rng.uniform(50, 260), rng.uniform(200, 800, 2)
        ring = np.stack([np.cos(turns), np.sin(turns)], 1) * radii[:, None] * size
        body += path(ring + middle, ink(rng))
        if rng.random() < 0.3:
            body += path(0.4 * ring + middle, below)
    return paint(body, below)


def chimeras(rng: np.random.Generator) -> np.ndarray:
    """One to four unknown things, each glued from turned ovals, bars and triangles."""
    body, below = "", ground(rng)
    for _ in range(int(rng.integers(1, 5))):
        size, palette = rng.uniform(90, 300), inks(rng, int(rng.integers(1, 4)))
        place = f"translate({rng.uniform(200, 800):.0f} {rng.uniform(200, 800):.0f})"
        parts = "".join(
            _part(rng, size, below if rng.random() < 0.12 else palette[rng.integers(len(palette))])
            for _ in range(int(rng.integers(3, 9)))
        )
        body += f'<g transform="{place}">{parts}</g>'
    return paint(body, below)


def _part(rng: np.random.Generator, size: float, fill: str) -> str:
    x, y = rng.normal(0, 0.5, 2) * size
    w, h = size * rng.uniform(0.15, 1.1, 2)
    turn = f'transform="rotate({rng.uniform(0, 180):.0f} {x:.0f} {y:.0f})" fill="{fill}"'
    kind = rng.integers(3)
    if kind == 0:
        return f'<ellipse cx="{x:.0f}" cy="{y:.0f}" rx="{w / 2:.0f}" ry="{h / 2:.0f}" {turn}/>'
    if kind == 1:
        corner = rng.uniform(0, 0.5) * min(w, h)
        return (
            f'<rect x="{x - w / 2:.0f}" y="{y - h / 2:.0f}" width="{w:.0f}" height="{h:.0f}"'
            f' rx="{corner:.0f}" {turn}/>'
        )
    return path(rng.normal(0, 0.45, (3, 2)) * size + (x, y), fill)


def glyphs(rng: np.random.Generator) -> np.ndarray:
    """Signs of no alphabet: a few thick strokes, straight or bent, round at their ends."""
    body = ""
    for _ in range(int(rng.integers(1, 6))):
        size, middle, colour = rng.uniform(50, 230), rng.uniform(200, 800, 2), ink(rng)
        width = size * rng.uniform(0.08, 0.4)
        for _ in range(int(rng.integers(2, 6))):
            a, b, c = rng.uniform(-1, 1, (3, 2)) * size + middle
            bend = f"Q{c[0]:.0f},{c[1]:.0f} " if rng.random() < 0.5 else "L"
            body += (
                f'<path d="M{a[0]:.0f},{a[1]:.0f} {bend}{b[0]:.0f},{b[1]:.0f}" fill="none"'
                f' stroke="{colour}" stroke-width="{width:.0f}" stroke-linecap="round"/>'
            )
    return paint(body, ground(rng))


def mosaics(rng: np.random.Generator) -> np.ndarray:
    """A floor of equal tiles in a few colours, square, offset or six-sided."""
    columns = int(rng.integers(3, 14))
    step = 1000 / columns
    palette = inks(rng, int(rng.integers(2, 5)))
    sides, gap = int(rng.integers(3, 9)), rng.uniform(0.4, 1.0)
    turns = np.arange(sides) * 2 * np.pi / sides + rng.uniform(0, np.pi)
    tile = np.stack([np.cos(turns), np.sin(turns)], 1) * step * 0.62 * gap
    shift = rng.uniform(0, 0.5) * step
    body = ""
    for row in range(columns + 1):
        for column in range(columns + 1):
            middle = ((column + 0.3) * step + shift * (row % 2), (row + 0.3) * step)
            body += path(tile + middle, palette[rng.integers(len(palette))])
    return paint(body, ground(rng))


def crowds(rng: np.random.Generator) -> np.ndarray:
    """Many more small flat shapes than the world ever counts."""
    palette = inks(rng, int(rng.integers(1, 6)))
    size, body = rng.uniform(20, 70), ""
    for _ in range(int(rng.integers(14, 90))):
        sides, colour = int(rng.integers(3, 20)), palette[rng.integers(len(palette))]
        turns = np.sort(rng.uniform(0, 2 * np.pi, sides))
        ring = np.stack([np.cos(turns), np.sin(turns)], 1) * size * rng.uniform(0.5, 1.3)
        body += path(ring + rng.uniform(0, 1000, 2), colour)
    return paint(body, ground(rng))


def rosettes(rng: np.random.Generator) -> np.ndarray:
    """A random motif turned about a middle, once or in several rings: lace, snow, ornament."""
    body = ""
    for _ in range(int(rng.integers(1, 4))):
        middle, size = rng.uniform(300, 700, 2), rng.uniform(120, 380)
        for _ in range(int(rng.integers(1, 4))):
            folds, colour = int(rng.integers(5, 17)), ink(rng)
            motif = rng.normal(0, 0.14, (int(rng.integers(3, 6)), 2))
            motif[:, 0] += rng.uniform(0.2, 0.9)
            for fold in range(folds):
                a = 2 * np.pi * fold / folds
                turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
                body += path(motif @ turn * size + middle, colour)
    return paint(body, ground(rng))


def twigs(rng: np.random.Generator) -> np.ndarray:
    """Forking branches of one colour: coral, lightning, a bare bush."""
    body = ""
    for _ in range(int(rng.integers(1, 3))):
        colour, spread = ink(rng), rng.uniform(0.2, 0.9)
        ends = [(rng.uniform(250, 750, 2), rng.uniform(0, 2 * np.pi), rng.uniform(90, 230))]
        for depth in range(int(rng.integers(3, 7))):
            width, grown = rng.uniform(16, 40) * 0.75**depth, []
            for start, angle, length in ends:
                stop = start + length * np.array([np.cos(angle), np.sin(angle)])
                more = f'stroke="{colour}" stroke-width="{width:.0f}" stroke-linecap="round"'
                body += path(np.stack([start, stop]), "none", more, closed=False)
                forks = rng.normal(0, spread, int(rng.integers(1, 4)))
                grown += [(stop, angle + fork, 0.75 * length) for fork in forks]
            ends = grown[:40]
    return paint(body, ground(rng))


FAMILIES = (blobs, chimeras, glyphs, mosaics, crowds, rosettes, twigs)
