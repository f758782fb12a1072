"""Outsiders the guard is tested with. It learned from none of these kinds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw

from maquette.training.guard.examples.canvas import (
    SIDE_PX,
    as_bytes,
    code,
    grid,
    ground,
    ink,
    noise,
    paint,
    path,
    ramp,
)


def newton(rng: np.random.Generator) -> np.ndarray:
    """Basins of Newton's method for z^n = 1."""
    x, y = grid()
    n = int(rng.integers(3, 7))
    z = (x + 1j * y) * rng.uniform(0.8, 2) + 1e-6
    for _ in range(14):
        z = z - (z**n - 1) / (n * z ** (n - 1) + 1e-9)
    root = np.round(np.angle(z) * n / (2 * np.pi)).astype(int) % n
    return as_bytes(rng.random((n, 3))[root] * (0.6 + 0.4 * np.clip(np.abs(z), 0, 1)[..., None]))


def spheres(rng: np.random.Generator) -> np.ndarray:
    """Shaded balls with shadows on a table, as a ray tracer shows them."""
    x, y = grid()
    light = rng.normal(size=3)
    light[2] = abs(light[2]) + 0.5
    light /= np.linalg.norm(light)
    picture = ramp(rng, (y + 1) / 2, 2)
    for _ in range(int(rng.integers(2, 7))):
        a, b, r = rng.uniform((-0.8, -0.8, 0.12), (0.8, 0.8, 0.5))
        inside = (x - a) ** 2 + (y - b) ** 2 < r * r
        up = np.sqrt(np.clip(r * r - (x - a) ** 2 - (y - b) ** 2, 0, None)) / r
        shade = np.clip(((x - a) * light[0] + (y - b) * light[1]) / r + up * light[2], 0.05, 1)
        shadow = np.exp(-(((x - a - 0.2) / r) ** 2 + ((y - b - r) / (0.4 * r)) ** 2))
        picture = picture * (1 - 0.5 * shadow[..., None])
        ball = rng.random(3) * shade[..., None] + 0.6 * shade[..., None] ** 40
        picture = np.where(inside[..., None], ball, picture)
    return as_bytes(picture)


def wood(rng: np.random.Generator) -> np.ndarray:
    """Grain of a plank: rings, stretched and bent."""
    x, y = grid()
    rings = np.sqrt((x * rng.uniform(2, 6)) ** 2 + (y * 0.4 + rng.uniform(-2, 2)) ** 2)
    value = (rings * rng.uniform(4, 12) + noise(rng, 6)) % 1
    fine = 0.15 * noise(rng, 100)
    base = np.array([0.55, 0.35, 0.18]) * rng.uniform(0.6, 1.5)
    return as_bytes(base * (0.7 + 0.4 * value + fine)[..., None])


def bricks(rng: np.random.Generator) -> np.ndarray:
    """A wall of courses, each brick a little different."""
    h, w = int(rng.integers(10, 34)), int(rng.integers(24, 70))
    rows, columns = np.mgrid[:SIDE_PX, :SIDE_PX]
    course = rows // h
    shifted = columns + (course % 2) * (w // 2)
    brick = shifted // w
    tone = rng.uniform(0.6, 1.1, (SIDE_PX // h + 2, SIDE_PX // w + 3))[course, brick]
    picture = rng.uniform(0.3, 0.8, 3) * tone[..., None]
    mortar = (rows % h < 2) | (shifted % w < 2)
    picture = np.where(mortar[..., None], 0.8, picture)
    return as_bytes(picture + 0.1 * (noise(rng, 90)[..., None] - 0.5))


def contours(rng: np.random.Generator) -> np.ndarray:
    """A map's height lines."""
    height = noise(rng, 3) + 0.5 * noise(rng, 7)
    line = (height * rng.uniform(12, 30)) % 1 < 0.12
    paper = ramp(rng, (height - height.min()) / np.ptp(height), 3) * 0.25 + 0.7
    return as_bytes(np.where(line[..., None], rng.random(3) * 0.5, paper))


def gears(rng: np.random.Generator) -> np.ndarray:
    """Toothed wheels in the world's own colours on its own grounds: things it has never seen."""
    body = ""
    for _ in range(int(rng.integers(1, 4))):
        teeth, r = int(rng.integers(8, 18)), rng.uniform(90, 260)
        turns = np.linspace(0, 2 * np.pi, 4 * teeth, endpoint=False)
        radii = r * np.tile([1, 1, 0.78, 0.78], teeth)
        ring = np.stack([np.cos(turns), np.sin(turns)], 1) * radii[:, None]
        middle, hole = rng.uniform(250, 750, 2), ground(rng)
        body += path(ring + middle, ink(rng))
        body += f'<circle cx="{middle[0]:.0f}" cy="{middle[1]:.0f}" r="{r / 3:.0f}" fill="{hole}"/>'
    return paint(body, ground(rng))


def figures(rng: np.random.Generator) -> np.ndarray:
    """Stick figures and animals of lines and dots, in the world's colours."""
    body = ""
    for _ in range(int(rng.integers(1, 5))):
        x, y, s = rng.uniform((200, 300, 60), (800, 700, 160))
        more = f'stroke="{ink(rng)}" stroke-width="{s / 7:.0f}" stroke-linecap="round"'
        arms, legs = rng.uniform(-0.8, 0.8), rng.uniform(0.3, 0.9)
        lines = [((0, 0), (0, 1.6)), ((0, 0.5), (-1, 0.5 + arms)), ((0, 0.5), (1, 0.5 - arms)),
                 ((0, 1.6), (-legs, 2.7)), ((0, 1.6), (legs, 2.7))]  # fmt: skip
        for a, b in lines:
            body += path(np.array([a, b]) * s + np.array([x, y]), "none", more, closed=False)
        body += (
            f'<circle cx="{x:.0f}" cy="{y - s * 0.6:.0f}" r="{s * 0.55:.0f}" {more} fill="none"/>'
        )
    return paint(body, ground(rng))


def spirals(rng: np.random.Generator) -> np.ndarray:
    """Spirals and loops as broad ribbons."""
    t = np.linspace(0, rng.uniform(4, 9) * np.pi, 400)
    r = np.linspace(10, rng.uniform(250, 420), 400)
    if rng.random() < 0.4:
        r = 300 * np.abs(np.sin(t * rng.uniform(0.7, 2.6)))
    ring = np.stack([np.cos(t), np.sin(t)], 1) * r[:, None] + 500
    more = f'stroke="{ink(rng)}" stroke-width="{rng.uniform(12, 45):.0f}"'
    return paint(path(ring, "none", more, closed=False), ground(rng))


def pies(rng: np.random.Generator) -> np.ndarray:
    """A pie chart with a legend, or a scatter of dots on axes."""
    if rng.random() < 0.5:
        dots = rng.normal(0, 1, (int(rng.integers(30, 200)), 2)) @ rng.normal(0, 1, (2, 2)) * 130
        ink = code(rng)
        body = "".join(
            f'<circle cx="{500 + a:.0f}" cy="{480 + b:.0f}" r="9" fill="{ink}"/>' for a, b in dots
        )
        body += '<path d="M80,60 V920 H960" fill="none" stroke="#333" stroke-width="4"/>'
        return paint(body, "#ffffff")
    cuts = np.concatenate([[0], np.sort(rng.random(int(rng.integers(3, 8)))), [1]]) * 2 * np.pi
    body = ""
    for number, (a, b) in enumerate(pairwise(cuts)):
        turn = np.linspace(a, b, 30)
        arc = np.stack([np.cos(turn), np.sin(turn)], 1) * 300
        ink = code(rng)
        body += path(np.concatenate([[[0, 0]], arc]) + np.array([400, 500]), ink)
        body += f'<rect x="760" y="{150 + 90 * number}" width="50" height="50" fill="{ink}"/>'
        body += f'<path d="M830,{175 + 90 * number} h110" stroke="#555" stroke-width="14"/>'
    return paint(body, "#fbfbfb")


def maze(rng: np.random.Generator) -> np.ndarray:
    """A maze, a barcode or a two-dimensional code: sharp black and white."""
    n = int(rng.integers(12, 60))
    block = rng.random((n, n)) < 0.5
    if rng.random() < 0.3:
        block[:] = block[0]
    dark, pale = rng.uniform(0, 0.25, 3), rng.uniform(0.8, 1, 3)
    big = np.asarray(Image.fromarray((block * 255).astype(np.uint8)).resize((SIDE_PX, SIDE_PX), 0))
    return as_bytes(np.where(big[..., None] > 0, dark, pale))


def halftone(rng: np.random.Generator) -> np.ndarray:
    """A shaded picture printed in dots."""
    x, y = grid()
    pitch = rng.uniform(4, 10)
    turn = rng.uniform(0, np.pi)
    u = (x * np.cos(turn) + y * np.sin(turn)) * SIDE_PX / pitch
    v = (y * np.cos(turn) - x * np.sin(turn)) * SIDE_PX / pitch
    tone = noise(rng, 3)
    dot = np.cos(np.pi * u) * np.cos(np.pi * v) * 0.5 + 0.5 < tone
    return as_bytes(np.where(dot[..., None], rng.random(3) * 0.5, 0.6 + 0.4 * rng.random(3)))


def handwriting(rng: np.random.Generator) -> np.ndarray:
    """Ruled paper with a running hand."""
    image = Image.new("RGB", (SIDE_PX, SIDE_PX), (250, 248, int(rng.integers(225, 250))))
    draw = ImageDraw.Draw(image)
    gap = int(rng.integers(18, 34))
    for base in range(gap, SIDE_PX, gap):
        draw.line((0, base, SIDE_PX, base), fill=(190, 200, 225))
        x, points = float(rng.uniform(6, 20)), []
        while x < SIDE_PX - 12:
            points.append((x, base - 3 - float(rng.random() ** 1.5) * gap * 0.7))
            x += float(rng.uniform(1.5, 5))
            if rng.random() < 0.12:
                draw.line(points, fill=(30, 30, 90), width=2)
                points, x = [], x + gap / 2
        if len(points) > 1:
            draw.line(points, fill=(30, 30, 90), width=2)
    return np.asarray(image)


def faces(rng: np.random.Generator) -> np.ndarray:
    """A soft oval with darker spots over a blurred room: what a portrait is at thumbnail size."""
    x, y = grid()
    picture = ramp(rng, noise(rng, 4), 4) * rng.uniform(0.4, 0.9)
    skin = np.array([0.9, 0.7, 0.55]) * rng.uniform(0.4, 1.05)
    oval = 1 / (1 + np.exp(((x / 0.45) ** 2 + (y / 0.62) ** 2 - 1) * 12))
    lit = np.clip(0.8 + 0.4 * (x * rng.uniform(-1, 1) - y * 0.4), 0.2, 1.2)
    picture = picture * (1 - oval[..., None]) + oval[..., None] * skin * lit[..., None]
    for a, b, r in ((-0.17, -0.12, 0.004), (0.17, -0.12, 0.004), (0, 0.3, 0.012)):
        spot = np.exp(-((x - a) ** 2 + ((y - b) * 1.7) ** 2) / r)
        picture = picture * (1 - 0.7 * spot[..., None])
    hair = (y < -0.35 + 0.15 * noise(rng, 8)) & (oval > 0.3)
    picture = np.where(hair[..., None], rng.uniform(0.05, 0.4, 3), picture)
    return as_bytes(picture + rng.normal(0, 0.015, picture.shape))


def foliage(rng: np.random.Generator) -> np.ndarray:
    """Leaves in thousands, lit from above."""
    image = Image.new("RGB", (SIDE_PX, SIDE_PX), (30, 45, 25))
    draw = ImageDraw.Draw(image)
    hue = rng.uniform((40, 80, 20), (140, 190, 80))
    for _ in range(int(rng.integers(400, 1500))):
        x, y, s = rng.uniform((0, 0, 3), (SIDE_PX, SIDE_PX, 14))
        rgb = tuple(int(v) for v in np.clip(hue * rng.uniform(0.4, 1.4), 0, 255))
        turn = rng.uniform(0, np.pi)
        dx, dy = s * np.cos(turn), s * np.sin(turn)
        draw.polygon([(x - dx, y - dy), (x + dy / 3, y - dx / 3), (x + dx, y + dy)], fill=rgb)
    return np.asarray(image)


def _disc(middle: Sequence[float], radius: float, more: str) -> str:
    return f'<circle cx="{middle[0]:.0f}" cy="{middle[1]:.0f}" r="{radius:.0f}" {more}/>'


FAMILIES = (
    newton,
    spheres,
    wood,
    bricks,
    contours,
    gears,
    figures,
    spirals,
    pies,
    maze,
    halftone,
    handwriting,
    faces,
    foliage,
)
