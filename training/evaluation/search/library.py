"""A planted library: pictures whose truth is known, with the words a person might have asked by.

Three in five pictures have words that are true of them; one in five scenes has words that speak
of something else, as a title or an occasion does; the others were uploaded and have none. One
picture in five is a sign: letters alone, that name what other pictures show.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from maquette.infra.index.entry import PictureKind
from maquette.model_servers.schemas.text_rendering import TextBlock
from maquette.model_servers.text_rendering.block import set_block
from maquette.model_servers.text_rendering.drawing import rasterise, svg_of
from maquette.records.geometry import Box
from maquette.training.world.colours import BACKGROUNDS
from maquette.training.world.drawing.render import render
from maquette.training.world.printed import PRINT_FONTS
from maquette.training.world.sample import sample_scene, simple_scene
from maquette.training.world.scene import Scene
from maquette.training.world.split import ALL_PAIRS
from maquette.training.world.telling.captions import caption
from maquette.training.world.telling.phrases import pick
from maquette.training.world.things import DRAWN, THINGS
from maquette.words.colours import hex_code

SIZE = 300
SIGNS = 0.2
UPLOADS = 0.25
ASTRAY = 0.2
_FIRST_SEED = 950_000
_SIDE_PX = 384
_TRADES = (
    *("sale", "hire", "club", "cafe", "market", "tours", "repairs", "festival", "museum"),
    *("shop", "bar", "inn", "school", "day", "party", "clinic", "parade", "lessons"),
)
_PAPERS = (*BACKGROUNDS.values(), (255, 255, 255), (250, 215, 40), (200, 40, 40), (30, 90, 60))
_SIGN_WORDS = ('a sign that says "{}"', 'poster with the words "{}"', '"{}" in big letters')
_ASTRAY = (
    "cover for the story of the {colour} {thing}",
    "something for the {thing} club newsletter",
    "birthday card for a friend who collects {thing} figures",
    "a calm picture to hang beside the {colour} {thing}",
    "page two, after the one with the {thing}",
    "like the {colour} {thing} from last week, but another motif",
)
"""Requests that name what the picture does not show."""


@dataclass(frozen=True)
class Planted:
    """One picture of the library."""

    png: bytes
    scene: Scene | None
    """None: a sign."""
    sign: str
    """The words of a sign."""
    kind: PictureKind
    text: str
    """The words it was made from."""


def plant(seed: int, size: int = SIZE) -> list[Planted]:
    """A library; the same seed gives the same pictures and words."""
    rng = np.random.default_rng(_FIRST_SEED + seed)
    signs = round(size * SIGNS)
    named: dict[str, Planted] = {}
    while len(named) < signs:
        words = _sign_words(rng)
        named.setdefault(words, _sign(words, rng))
    scenes = [_scene(rng) for _ in range(size - signs)]
    planted = [*scenes, *named.values()]
    return [planted[row] for row in rng.permutation(size)]


def _scene(rng: np.random.Generator) -> Planted:
    make = sample_scene if rng.random() < 0.6 else simple_scene
    scene = make(rng, ALL_PAIRS, (1, 2, 3))
    chance = rng.random()
    if chance < UPLOADS:
        kind, text = PictureKind.UPLOAD, ""
    elif chance < UPLOADS + ASTRAY:
        kind, text = PictureKind.RESULT, _astray(scene, rng)
    else:
        kind, text = PictureKind.RESULT, caption(scene, rng, "short", "varied")
    return Planted(_png(render(scene)), scene, "", kind, text)


def _astray(scene: Scene, rng: np.random.Generator) -> str:
    """Words that name a thing that is not there."""
    absent = [name for name in DRAWN if all(one.thing != name for one in scene.things)]
    slots = {"thing": pick(absent, rng), "colour": pick(("red", "blue", "green", "yellow"), rng)}
    return pick(_ASTRAY, rng).format(**slots)


def _sign_words(rng: np.random.Generator) -> str:
    thing, trade = pick(tuple(THINGS), rng), pick(_TRADES, rng)
    colour = pick(("", "", "red ", "blue ", "green ", "golden "), rng)
    return f"{colour}{thing} {trade}".upper()


def _sign(words: str, rng: np.random.Generator) -> Planted:
    paper = _PAPERS[rng.integers(len(_PAPERS))]
    ink = "#ffffff" if sum(paper) < 400 else pick(("#1a1a1a", "#7a1020", "#143c78"), rng)
    top = rng.uniform(0.05, 0.3)
    block = TextBlock(
        text=words,
        box=Box(x0=0.06, y0=top, x1=0.94, y1=top + rng.uniform(0.35, 0.6)),
        font=pick(PRINT_FONTS, rng),
        colour=ink,
    )
    sheet = Image.new("RGBA", (_SIDE_PX, _SIDE_PX), hex_code(paper))
    letters = [set_block(block, _SIDE_PX, _SIDE_PX)]
    sheet.alpha_composite(rasterise(svg_of(letters, _SIDE_PX, _SIDE_PX)))
    data = _png(np.asarray(sheet.convert("RGB")))
    uploaded = rng.random() < UPLOADS / 2
    text = "" if uploaded else pick(_SIGN_WORDS, rng).format(words)
    kind = PictureKind.UPLOAD if uploaded else PictureKind.RESULT
    return Planted(data, None, words, kind, text)


def _png(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, format="PNG")
    return out.getvalue()
