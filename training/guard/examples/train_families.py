"""Outsiders the guard learns from. None of these kinds is in the test (``test_families``)."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from maquette.training.guard.examples.canvas import (
    SIDE_PX,
    as_bytes,
    clouds,
    code,
    grid,
    noise,
    paint,
    path,
    ramp,
)
from maquette.training.world.colours import BACKGROUNDS, COLOURS
from maquette.words.colours import hex_code


def white_noise(rng: np.random.Generator) -> np.ndarray:
    """Independent pixels round a colour."""
    shape = (SIDE_PX, SIDE_PX, 3 if rng.random() < 0.6 else 1)
    return as_bytes(rng.random(3) + rng.normal(0, rng.uniform(0.06, 0.4), shape))


def coloured_clouds(rng: np.random.Generator) -> np.ndarray:
    """Smooth noise in colours."""
    return as_bytes(ramp(rng, clouds(rng, int(rng.integers(3, 8))), int(rng.integers(2, 6))))


def mountains(rng: np.random.Generator) -> np.ndarray:
    """Something like a photograph of hills: a sky, ridges with texture, haze and light."""
    x, y = grid()
    picture = ramp(rng, (y + 1) / 2 * 0.7 + 0.2 * clouds(rng), 3)
    for _ in range(int(rng.integers(1, 5))):
        ridge = rng.uniform(-0.4, 0.7) + 0.5 * (clouds(rng)[int(rng.integers(SIDE_PX))] - 0.5)
        inside = y > ridge[None, :]
        ground = ramp(rng, clouds(rng, 7, 0.75), 3) * rng.uniform(0.3, 1)
        picture = np.where(inside[..., None], ground, picture)
    return as_bytes(picture + rng.normal(0, 0.02, picture.shape) + 0 * x[..., None])


def soft_lights(rng: np.random.Generator) -> np.ndarray:
    """Out-of-focus spots over a dim ramp, like a portrait's background."""
    x, y = grid()
    picture = ramp(rng, noise(rng, 2), 3) * rng.uniform(0.3, 0.9)
    for _ in range(int(rng.integers(4, 30))):
        a, b = rng.uniform(-1, 1, 2)
        spot = np.exp(-((x - a) ** 2 + (y - b) ** 2) / rng.uniform(0.005, 0.2))
        picture = picture + spot[..., None] * rng.random(3) * rng.uniform(0.2, 0.8)
    return as_bytes(picture + rng.normal(0, rng.uniform(0.003, 0.03), picture.shape))


def julia(rng: np.random.Generator) -> np.ndarray:
    """A Julia set in random colours."""
    x, y = grid()
    z = (x + 1j * y) * rng.uniform(0.6, 1.6)
    c = 0.7885 * np.exp(1j * rng.uniform(0, 2 * np.pi))
    count = np.zeros(z.shape)
    for _ in range(40):
        z = np.where(np.abs(z) < 4, z * z + c, z)
        count += np.abs(z) < 4
    return as_bytes(ramp(rng, count / 40, int(rng.integers(3, 7))))


def waves(rng: np.random.Generator) -> np.ndarray:
    """Crossed waves, like cloth or water."""
    x, y = grid()
    total = np.zeros_like(x)
    for _ in range(int(rng.integers(2, 6))):
        a, b = rng.normal(0, 1, 2) * rng.uniform(5, 60)
        total = total + np.sin(a * x + b * y + 4 * noise(rng, 3))
    return as_bytes(ramp(rng, (total - total.min()) / np.ptp(total), 3))


def cells(rng: np.random.Generator) -> np.ndarray:
    """Regions round random points: stones, scales, stained glass."""
    x, y = grid()
    points = rng.uniform(-1.1, 1.1, (int(rng.integers(8, 120)), 2))
    squares = (x[..., None] - points[:, 0]) ** 2 + (y[..., None] - points[:, 1]) ** 2
    nearest = np.sort(squares, axis=-1)[..., :2] if rng.random() < 0.5 else None
    colours = rng.random((len(points), 3))
    picture = colours[squares.argmin(-1)]
    if nearest is not None:
        picture = picture * np.clip((nearest[..., 1] - nearest[..., 0]) * 30, 0, 1)[..., None]
    return as_bytes(picture)


def spiky(rng: np.random.Generator) -> np.ndarray:
    """One to five unknown polygons in the world's own colours on its own grounds."""
    inks = [hex_code(rgb) for rgb in COLOURS.values()]
    grounds = [hex_code(rgb) for rgb in BACKGROUNDS.values()]
    body = ""
    for _ in range(int(rng.integers(1, 6))):
        n = int(rng.integers(7, 24))
        angles = np.sort(rng.uniform(0, 2 * np.pi, n))
        radii = rng.uniform(30, rng.uniform(80, 330), n)
        ring = np.stack([np.cos(angles), np.sin(angles)], 1) * radii[:, None]
        body += path(ring + rng.uniform(200, 800, 2), inks[rng.integers(len(inks))])
    return paint(body, grounds[rng.integers(len(grounds))])


def patchwork(rng: np.random.Generator) -> np.ndarray:
    """Flat composition of many overlapping rectangles and ovals, in any colours."""
    body = ""
    for _ in range(int(rng.integers(10, 60))):
        x, y, w, h = rng.uniform((-100, -100, 20, 20), (900, 900, 500, 500))
        turn = f'transform="rotate({rng.uniform(0, 180):.0f} 500 500)" fill="{code(rng)}"'
        body += (
            f'<rect x="{x:.0f}" y="{y:.0f}" width="{w:.0f}" height="{h:.0f}" {turn}/>'
            if rng.random() < 0.5
            else f'<ellipse cx="{x:.0f}" cy="{y:.0f}" rx="{w:.0f}" ry="{h:.0f}" {turn}/>'
        )
    return paint(body, code(rng))


def strokes(rng: np.random.Generator) -> np.ndarray:
    """A drawing of lines: random smooth strokes of one or more pens on paper."""
    body = ""
    pens = [code(rng) for _ in range(int(rng.integers(1, 4)))]
    for _ in range(int(rng.integers(2, 40))):
        steps = rng.normal(0, rng.uniform(5, 50), (int(rng.integers(5, 60)), 2)).cumsum(0)
        more = f'stroke="{pens[rng.integers(len(pens))]}" stroke-width="{rng.uniform(2, 16):.1f}"'
        body += path(steps + rng.uniform(100, 900, 2), "none", more, closed=False)
    paper = "#{0:02x}{0:02x}{0:02x}".format(int(rng.integers(215, 256)))
    return paint(body, paper if rng.random() < 0.6 else code(rng))


def bars(rng: np.random.Generator) -> np.ndarray:
    """A bar or line chart with axes."""
    n, body = int(rng.integers(4, 20)), ""
    heights = rng.uniform(60, 760, n)
    inks = [code(rng) for _ in range(int(rng.integers(1, 4)))]
    if rng.random() < 0.6:
        width = 800 / n
        for i, height in enumerate(heights):
            body += (
                f'<rect x="{110 + i * width:.0f}" y="{900 - height:.0f}" width="{width * 0.7:.0f}"'
                f' height="{height:.0f}" fill="{inks[i % len(inks)]}"/>'
            )
    else:
        for ink in inks:
            line = np.stack([np.linspace(110, 900, n), 900 - rng.uniform(60, 760, n)], 1)
            body += path(line, "none", f'stroke="{ink}" stroke-width="7"', closed=False)
    axes = '<path d="M100,80 V900 H940" fill="none" stroke="#222" stroke-width="5"/>'
    for y in range(150, 900, 150):
        axes += f'<path d="M100,{y} H940" stroke="#ccc" stroke-width="2"/>'
    return paint(axes + body, "#ffffff" if rng.random() < 0.7 else "#f4f1e8")


def printed_page(rng: np.random.Generator) -> np.ndarray:
    """A page of small marks in lines, as print looks from afar."""
    paper, ink = int(rng.integers(225, 256)), int(rng.integers(0, 80))
    image = Image.new("RGB", (SIDE_PX, SIDE_PX), (paper, paper, paper))
    draw = ImageDraw.Draw(image)
    height = int(rng.integers(3, 11))
    for y in range(int(rng.integers(8, 30)), SIDE_PX - 10, int(height * rng.uniform(1.5, 2.2))):
        x, end = 14, SIDE_PX - 14 - int(rng.random() ** 3 * 150)
        while x < end:
            word = x + int(rng.integers(1, 7)) * max(2, height // 2)
            while x < word:
                w = int(rng.integers(1, max(2, height // 2) + 1))
                top = y - int(rng.integers(0, height // 3 + 1))
                draw.rectangle((x, top, x + w - 1, y + height - 2), fill=(ink, ink, ink))
                x += w + 1
            x += max(3, height // 2)
    return np.asarray(image)


def lit_boxes(rng: np.random.Generator) -> np.ndarray:
    """Blocks seen from an angle, each side with its own light: a made-up city or room."""
    body = ""
    for _ in range(int(rng.integers(3, 16))):
        x, y = rng.uniform(50, 850), rng.uniform(200, 900)
        w, h, d = rng.uniform(40, 260), rng.uniform(40, 420), rng.uniform(20, 120)
        base = rng.uniform(60, 230, 3)
        front = [(x, y), (x + w, y), (x + w, y - h), (x, y - h)]
        side = [(x + w, y), (x + w + d, y - d / 2), (x + w + d, y - h - d / 2), (x + w, y - h)]
        top = [(x, y - h), (x + w, y - h), (x + w + d, y - h - d / 2), (x + d, y - h - d / 2)]
        for face, light in ((front, 1.0), (side, 0.6), (top, 1.15)):
            rgb = np.clip(base * light, 0, 255).astype(int)
            body += path(np.array(face), "#{:02x}{:02x}{:02x}".format(*rgb))
    return paint(body, code(rng))


FAMILIES = (
    white_noise,
    coloured_clouds,
    mountains,
    soft_lights,
    julia,
    waves,
    cells,
    spiky,
    patchwork,
    strokes,
    bars,
    printed_page,
    lit_boxes,
)
