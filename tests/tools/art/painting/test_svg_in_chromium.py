"""What a browser shows of a composed picture's SVG is what our own rasteriser shows."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from maquette.infra.vector.raster import rasterise
from maquette.model_servers.text_rendering.block import set_block
from maquette.model_servers.text_rendering.drawing import fragment_of
from maquette.records.geometry import Box
from maquette.tools.art.brief import Panel, SceneBrief, WantedBackground, WantedThing, Words
from maquette.tools.art.layout.compose import compose
from maquette.tools.art.painting.svg import svg_of

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
LEAST = 0.98
"""The smallest mean SSIM over the box of a thing or of words."""
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--force-device-scale-factor=1", "--force-color-profile=srgb",
)  # fmt: skip


def things(*wanted: WantedThing, kind: str | None = None, colour: str | None = None) -> Panel:
    background = WantedBackground.model_validate({"kind": kind, "colour": colour})
    return Panel(things=wanted, background=background)


PICTURES = {
    "patterns": SceneBrief(
        panels=(
            things(
                WantedThing(phrase="umbrella", thing="noto:2602", colour="red", pattern="dots"),
                WantedThing(phrase="shirt", thing="noto:1f455", colour="blue", pattern="checks"),
                WantedThing(phrase="ball", thing="noto:26bd", pattern="stripes"),
            ),
        )
    ),
    "recoloured at night": SceneBrief(
        panels=(
            things(
                WantedThing(phrase="dragon", thing="noto:1f409", colour="purple"),
                WantedThing(phrase="castle", thing="noto:1f3f0", colour="pink"),
                kind="night sky",
            ),
        )
    ),
    "copies on a meadow": SceneBrief(
        panels=(things(WantedThing(phrase="duck", thing="noto:1f986", count=3), kind="meadow"),)
    ),
    "emoji in words": SceneBrief(
        design="card",
        panels=(things(WantedThing(phrase="cake", thing="noto:1f382")),),
        words=(Words(text="I ❤️ u 🌟", role="headline"),),
    ),
    "Arabic": SceneBrief(
        design="sign",
        sheet="green",
        panels=(things(WantedThing(phrase="teapot", thing="noto:1fad6")),),
        words=(Words(text="مرحبا بكم", role="headline"),),
    ),
    "Chinese": SceneBrief(
        design="invitation",
        panels=(things(WantedThing(phrase="dragon", thing="noto:1f409")),),
        words=(Words(text="新年快乐", role="headline"), Words(text="今晚八点", role="date")),
    ),
}


def ssim(one: NDArray[np.floating], other: NDArray[np.floating]) -> NDArray[np.floating]:
    """The map of structural similarity of two grey pictures of 0 to 255.

    Source: Wang et al., "Image Quality Assessment" (2004): a Gaussian window of sigma 1.5 cut to
    11 x 11, K1 = 0.01, K2 = 0.03.
    """

    def mean(values: NDArray[np.floating]) -> NDArray[np.floating]:
        return gaussian_filter(values, 1.5, truncate=3.5)

    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    m1, m2 = mean(one), mean(other)
    v1, v2 = mean(one * one) - m1 * m1, mean(other * other) - m2 * m2
    both = mean(one * other) - m1 * m2
    return (2 * m1 * m2 + c1) * (2 * both + c2) / ((m1**2 + m2**2 + c1) * (v1 + v2 + c2))


def painted(brief: SceneBrief) -> tuple[str, NDArray[np.floating], list[Box]]:
    """Its SVG, what our rasteriser shows, and the boxes of things and words."""
    scene = compose(brief, variant=0)
    width, height = scene.width_px, scene.height_px
    blocks = [set_block(block, width, height) for block in scene.words]
    svg = svg_of(scene, words=fragment_of(blocks))
    boxes = [thing.box for thing in scene.things]
    boxes += [block.placed(width, height).box for block in blocks]
    return svg, grey(rasterise(svg, width, height)), boxes


def grey(picture: Image.Image) -> NDArray[np.floating]:
    return np.asarray(picture.convert("RGB").convert("L"), float)


def photographed(svg: str, size: tuple[int, int], folder: Path) -> NDArray[np.floating]:
    """What a new browser shows of a file, with nothing of it cut."""
    (folder / "picture.svg").write_text(svg, encoding="utf-8")
    width, height = size
    subprocess.run(
        [
            str(CHROMIUM), *FLAGS, f"--user-data-dir={folder / 'profile'}",
            f"--screenshot={folder / 'shot.png'}", f"--window-size={width},{height + 200}",
            (folder / "picture.svg").as_uri(),
        ],
        check=True, capture_output=True, timeout=90,
    )  # fmt: skip
    return grey(Image.open(folder / "shot.png").crop((0, 0, width, height)))


def likenesses(brief: SceneBrief, folder: Path) -> list[float]:
    """The mean SSIM over each box, in the order of the document."""
    svg, ours, boxes = painted(brief)
    height, width = ours.shape
    likeness = ssim(ours, photographed(svg, (width, height), folder))
    return [
        float(
            likeness[
                int(box.y0 * height) : int(box.y1 * height) + 1,
                int(box.x0 * width) : int(box.x1 * width) + 1,
            ].mean()
        )
        for box in boxes
    ]


def test_like_is_like_and_other_is_not() -> None:
    """1 with itself, by the formula; lower where an edge moved by 2 px."""
    one = np.kron(np.indices((8, 8)).sum(0) % 2, np.ones((8, 8))) * 200.0
    assert np.allclose(ssim(one, one), 1)
    assert ssim(one, np.roll(one, 2, axis=1)).mean() < 0.9


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
@pytest.mark.parametrize(
    "name",
    PICTURES,
)
def test_a_browser_shows_what_we_show(name: str, tmp_path: Path) -> None:
    found = likenesses(PICTURES[name], tmp_path)
    assert found
    assert min(found) >= LEAST, [round(one, 4) for one in found]
