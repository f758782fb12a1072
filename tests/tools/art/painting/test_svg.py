"""A scene as SVG: valid, each thing's identifiers its own, the same document the same bytes."""

from __future__ import annotations

from collections import Counter
from xml.etree.ElementTree import fromstring

import numpy as np
import pytest

from maquette.infra.vector.raster import rasterise
from maquette.records.errors import InvalidInput
from maquette.records.geometry import Box
from maquette.tools.art.contract import Art
from maquette.tools.art.painting.svg import svg_of, thing_svg
from maquette.tools.art.scene import Background, Frame, PlacedThing, Scene, Shape


def _gradient(colour: str) -> Art:
    """A square painted with a gradient that everyone calls ``g``."""
    return Art(
        (0, 0, 10, 10),
        f'<defs><linearGradient id="g"><stop offset="0" stop-color="{colour}"/>'
        f'<stop offset="1" stop-color="{colour}"/></linearGradient></defs>'
        '<rect width="10" height="10" fill="url(#g)"/>',
        (0, 0, 10, 10),
    )


ARTS = {"x:dragon": _gradient("#20a040"), "x:cake": _gradient("#f0d0a0")}


def _placed(id: str, thing: str, x: float, **more: object) -> PlacedThing:
    box = Box(x0=x, y0=0.55, x1=x + 0.3, y1=0.9)
    return PlacedThing(id=id, thing=thing, phrase=id, box=box, **more)


SCENE = Scene(
    width_px=200,
    height_px=160,
    frames=(Frame(background=Background(kind="meadow")),
            Frame(box=Box(x0=0.5, y0=0, x1=1, y1=0.4), radius=0.05, border="#ff0000",
                  border_width=0.01)),
    shapes=(Shape(box=Box(x0=0, y0=0, x1=0.2, y1=0.1), fill="#00ff00", dashes=True,
                  stroke="#000000", stroke_width=0.01),),
    things=(_placed("dragon", "x:dragon", 0.1), _placed("cake", "x:cake", 0.6)),
)  # fmt: skip


def test_gradients_of_one_name_keep_their_colours() -> None:
    """A cake beside a dragon is not painted with the dragon's gradient."""
    picture = np.asarray(rasterise(svg_of(SCENE, look=ARTS.__getitem__), 200, 160))
    assert tuple(picture[120, 150, :3]) == (0xF0, 0xD0, 0xA0)
    assert tuple(picture[120, 50, :3]) == (0x20, 0xA0, 0x40)


def test_the_markup_is_valid_and_every_identifier_is_used_once() -> None:
    """It parses as XML, no two elements share an id, and every reference has its element."""
    text = svg_of(SCENE, look=ARTS.__getitem__)
    root = fromstring(text)
    ids = Counter(e.get("id") for e in root.iter() if e.get("id"))
    assert max(ids.values()) == 1
    used = {part.split(")")[0] for part in text.split("url(#")[1:]}
    assert used <= set(ids)


def test_the_same_document_gives_the_same_bytes() -> None:
    """Twice, and from its own JSON."""
    again = Scene.model_validate_json(SCENE.model_dump_json())
    assert svg_of(SCENE, look=ARTS.__getitem__) == svg_of(again, look=ARTS.__getitem__)


def test_a_thing_alone_has_no_shadow_and_stands_where_it_stood() -> None:
    """Its pixels are those of the whole picture, and outside its box there is nothing."""
    whole = np.asarray(rasterise(svg_of(SCENE, look=ARTS.__getitem__), 200, 160))
    alone = np.asarray(rasterise(thing_svg(SCENE, 0, look=ARTS.__getitem__), 200, 160))
    painted = alone[..., 3] == 255
    assert painted.any() and np.array_equal(whole[painted], alone[painted])
    ys, xs = np.nonzero(alone[..., 3])
    assert xs.min() >= 20 - 1 and xs.max() <= 80 and ys.min() >= 88 - 1 and ys.max() <= 144


def test_a_thing_on_the_ground_has_a_shadow_below() -> None:
    """Right below the foot it is darker than the ground far from it."""
    bare = SCENE.model_copy(update={"things": ()})
    without = np.asarray(rasterise(svg_of(bare, look=ARTS.__getitem__), 200, 160)).astype(int)
    with_it = np.asarray(rasterise(svg_of(SCENE, look=ARTS.__getitem__), 200, 160)).astype(int)
    below = without[143:146, 30:70, :3].sum() - with_it[143:146, 30:70, :3].sum()
    assert below > 0 and np.array_equal(without[5:40, 60:90], with_it[5:40, 60:90])


@pytest.mark.parametrize("flip", [False, True])
def test_flip_mirrors_a_thing(flip: bool) -> None:
    """The left half of a two-coloured thing changes sides."""
    art = Art((0, 0, 10, 10), '<rect width="5" height="10" fill="#ff0000"/>'
              '<rect x="5" width="5" height="10" fill="#0000ff"/>', (0, 0, 10, 10))  # fmt: skip
    scene = SCENE.model_copy(update={"things": (_placed("a", "x:two", 0.1, flip=flip),)})
    alone = np.asarray(rasterise(thing_svg(scene, 0, look=lambda _: art), 200, 160))
    left = alone[115, 30, :3]
    assert tuple(left) == ((0, 0, 255) if flip else (255, 0, 0))


def test_a_colour_that_is_none_is_refused() -> None:
    """The word is named."""
    scene = SCENE.model_copy(update={"things": (_placed("a", "x:cake", 0.1, colour="loud"),)})
    with pytest.raises(InvalidInput, match="loud"):
        svg_of(scene, look=ARTS.__getitem__)
