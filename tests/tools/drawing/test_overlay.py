"""Masks over a picture, against the same rules followed pixel by pixel."""

from __future__ import annotations

import random

import pytest
from PIL import Image

from maquette.tools.drawing.overlay import TINTS, overlay

Pixel = tuple[int, int, int]
Spot = tuple[int, int]


def noise(size: tuple[int, int]) -> Image.Image:
    """A picture of chance, the same every time."""
    return Image.frombytes("RGB", size, random.Random(3).randbytes(size[0] * size[1] * 3))


def mask_of(
    size: tuple[int, int], inside: set[Spot], *, on: int = 255, off: int = 0
) -> Image.Image:
    mask = Image.new("L", size, off)
    for spot in inside:
        mask.putpixel(spot, on)
    return mask


def square(x0: int, y0: int, side: int) -> set[Spot]:
    return {(x, y) for x in range(x0, x0 + side) for y in range(y0, y0 + side)}


def mixed(pixel: Pixel, other: Pixel, share: float) -> Pixel:
    red, green, blue = (
        (1 - share) * one + share * two for one, two in zip(pixel, other, strict=True)
    )
    return round(red), round(green), round(blue)


def by_hand(picture: Image.Image, insides: list[set[Spot]], wide_px: int) -> dict[Spot, Pixel]:
    """Each pixel of masks that stand apart: 45 % of the mask's tint inside it, the tint itself
    up to ``wide_px`` around it, 35 % of white everywhere else."""
    found: dict[Spot, Pixel] = {}
    for x in range(picture.width):
        for y in range(picture.height):
            pixel: Pixel = picture.getpixel((x, y))  # type: ignore[assignment]
            found[x, y] = mixed(pixel, (255, 255, 255), 0.35)
            for k, inside in enumerate(insides):
                if (x, y) in inside:
                    found[x, y] = mixed(pixel, TINTS[k % len(TINTS)], 0.45)
                elif any(max(abs(x - a), abs(y - b)) <= wide_px for a, b in inside):
                    found[x, y] = TINTS[k % len(TINTS)]
    return found


@pytest.mark.parametrize(
    "squares",
    [
        [(3, 4, 5)],
        [(0, 0, 4), (20, 12, 6)],
        [(4 * k, 1 + k, 2) for k in range(7)],  # One more than there are tints.
    ],
)
def test_every_pixel_is_tinted_outlined_or_dimmed(squares: list[tuple[int, int, int]]) -> None:
    """Masks in the middle, at the edge and in any number, each with a tint of its own in turn:
    within one step of 255 of what the rules give."""
    size = (32, 24)
    insides = [square(*one) for one in squares]
    shown = overlay(noise(size), [mask_of(size, inside) for inside in insides])
    assert (shown.mode, shown.size) == ("RGB", size)
    for spot, wanted in by_hand(noise(size), insides, 1).items():
        pixel: Pixel = shown.getpixel(spot)  # type: ignore[assignment]
        assert max(abs(a - b) for a, b in zip(pixel, wanted, strict=True)) <= 1, spot


def test_the_outline_grows_with_the_picture() -> None:
    """At 1,200 px it is four pixels wide, so that it is seen when the whole picture is."""
    size = (1_200, 40)
    shown = overlay(noise(size), [mask_of(size, square(100, 15, 9))])
    row = [shown.getpixel((x, 19)) for x in range(90, 120)]
    assert [90 + k for k, pixel in enumerate(row) if pixel == TINTS[0]] == [
        *range(96, 100),
        *range(109, 113),
    ]


def test_no_mask_changes_nothing_and_an_empty_one_dims_everything() -> None:
    """Without masks nothing was looked for; with an empty one nothing was found."""
    picture = noise((9, 7))
    assert overlay(picture, []).tobytes() == picture.tobytes()
    shown = overlay(picture, [mask_of((9, 7), set())])
    for spot, wanted in by_hand(picture, [set()], 1).items():
        pixel: Pixel = shown.getpixel(spot)  # type: ignore[assignment]
        assert max(abs(a - b) for a, b in zip(pixel, wanted, strict=True)) <= 1


def test_a_soft_mask_is_cut_at_its_half() -> None:
    """128 of 255 is inside, 127 is not; and any mode of picture will do."""
    size, inside = (12, 12), square(4, 4, 3)
    picture = noise(size)
    hard = overlay(picture, [mask_of(size, inside)])
    soft = overlay(picture.convert("RGBA"), [mask_of(size, inside, on=128, off=127)])
    assert soft.tobytes() == hard.tobytes()
    assert overlay(picture.convert("L"), []).mode == "RGB"
