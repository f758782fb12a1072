"""A scene as SVG: frames, shapes, things and words, each thing's identifiers its own.

Without the prefix two gradients of one name meant the same one, and a cake took the colours of the
dragon beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from xml.sax.saxutils import quoteattr

from maquette.tools.art.contract import Art
from maquette.tools.art.packs.table import art_of
from maquette.tools.art.painting.halo import halo
from maquette.tools.art.painting.markup import prefixed
from maquette.tools.art.painting.patterns import dressed
from maquette.tools.art.painting.placing import number, transform
from maquette.tools.art.painting.shadows import shadow
from maquette.tools.art.scene import WHOLE, Frame, Scene, Shape
from maquette.tools.art.scenery.table import painted

Look = Callable[[str], Art]


def svg_of(scene: Scene, *, look: Look = art_of, words: str = "") -> str:
    """The whole scene as an SVG document of its own size.

    Args:
        look: what a thing's id looks like.
        words: the letters, as a ready fragment in pixels of the scene.
    Raises: NotFound: a thing is in no pack. InvalidInput: a colour is none.
    """
    parts = [_frame(scene, k) for k in range(len(scene.frames))]
    parts += [_shape(scene, shape) for shape in scene.shapes]
    for index in painting_order(scene):
        parts.append(halo(scene, index, look))
        parts.append(shadow(scene, index, look))
        parts.append(_thing(scene, index, look))
    return document(scene, "".join(parts) + words)


def thing_svg(scene: Scene, index: int, *, look: Look = art_of) -> str:
    """One thing alone at its place on transparency, without its shadow."""
    return document(scene, _thing(scene, index, look))


def painting_order(scene: Scene) -> list[int]:
    """Indices of the things, the hindmost first."""
    return sorted(range(len(scene.things)), key=lambda k: (scene.things[k].layer, k))


def document(scene: Scene, body: str) -> str:
    """A whole SVG document of the scene's size around markup in its pixels."""
    size = f'width="{scene.width_px}" height="{scene.height_px}"'
    box = f'viewBox="0 0 {scene.width_px} {scene.height_px}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box}>{body}</svg>\n'


def _thing(scene: Scene, index: int, look: Look) -> str:
    thing = scene.things[index]
    art = dressed(look(thing.thing), thing.colour, thing.pattern)
    body = prefixed(art.body, f"t{index}-")
    # Named by the id in the scene, so that a person who opens the file finds each thing.
    return f'<g id="{thing.id}" transform="{transform(scene, thing, art)}">{body}</g>'


def _frame(scene: Scene, index: int) -> str:
    frame = scene.frames[index]
    width, height = frame.box.width * scene.width_px, frame.box.height * scene.height_px
    inside = painted(frame.background, width, height, f"f{index}-")
    place = f"translate({number(frame.box.x0 * scene.width_px)} "
    place += f"{number(frame.box.y0 * scene.height_px)})"
    if frame.box == WHOLE and not frame.radius and frame.border is None:
        return inside  # the sheet's own edge cuts it: a clip over all of it would cost time
    radius = number(frame.radius * scene.height_px)
    outline = f'<rect width="{number(width)}" height="{number(height)}" rx="{radius}"'
    clip = f'<clipPath id="f{index}-frame">{outline}/></clipPath>'
    body = f'{clip}<g clip-path="url(#f{index}-frame)">{inside}</g>'
    return f'<g transform="{place}">{body}{_border(frame, outline, scene)}</g>'


def _border(frame: Frame, outline: str, scene: Scene) -> str:
    if frame.border is None or not frame.border_width:
        return ""
    width = number(frame.border_width * scene.height_px)
    return f'{outline} fill="none" stroke="{frame.border}" stroke-width="{width}"/>'


def _shape(scene: Scene, shape: Shape) -> str:
    width, height = scene.width_px, scene.height_px
    x, y = shape.box.x0 * width, shape.box.y0 * height
    w, h = shape.box.width * width, shape.box.height * height
    looks = f"fill={quoteattr(shape.fill or 'none')}"
    if shape.stroke and shape.stroke_width:
        line = shape.stroke_width * height
        looks += f' stroke="{shape.stroke}" stroke-width="{number(line)}"'
        if shape.dashes:
            looks += f' stroke-dasharray="{number(3 * line)} {number(2.4 * line)}"'
    if shape.kind == "ellipse":
        return (
            f'<ellipse cx="{number(x + w / 2)}" cy="{number(y + h / 2)}" '
            f'rx="{number(w / 2)}" ry="{number(h / 2)}" {looks}/>'
        )
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(w)}" height="{number(h)}" '
        f'rx="{number(shape.radius * height)}" {looks}/>'
    )
