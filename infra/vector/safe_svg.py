"""An SVG from outside, admitted as data: read under limits, cleaned, written anew.

What comes out holds allow-listed elements and attributes only: shapes, gradients, clips and masks.
What could run, load, embed or grow without end is refused by its name, never passed on. The measure
is the "secure static mode" of W3C SVG 2; this is stricter: no text, images or filters either.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from maquette.infra.vector.css import Sheet, declarations
from maquette.infra.vector.markup import HINT, Element, read_markup, refused
from maquette.infra.vector.references import check_references, identifiers
from maquette.infra.vector.values import STYLE_ONLY, checked
from maquette.records.errors import MediaRejected

Box = tuple[float, float, float, float]

SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
ALLOWED = SHAPES | {
    *("svg", "g", "defs", "use", "symbol", "clipPath", "mask"),
    *("linearGradient", "radialGradient", "stop"),
}
LEFT_AWAY = {"title", "desc", "metadata", "style"}
"""They draw nothing; style elements are applied first."""
HREF = {"use", "linearGradient", "radialGradient"}
"""Elements that may refer to another by ``href``."""
MIN_SIDE, MAX_SIDE = 1e-2, 1e6
MAX_MARKUP = 2 * 2**20


@dataclass(frozen=True)
class Admitted:
    """A clean SVG."""

    view_box: Box
    body: str
    """What stands inside the ``svg`` element. Identifiers are ``i0``, ``i1`` ... in order."""


def admit(data: bytes | str) -> Admitted:
    """The clean markup of an SVG document.

    Raises: MediaRejected: naming what is not taken.
    """
    root = read_markup(data.encode() if isinstance(data, str) else data)
    sheet = Sheet(one.text for one in root.walk() if one.tag == "style")
    clean = _clean(root, sheet, colour="#000000", top=True)
    view_box = _view_box(clean)
    for name in ("viewBox", "width", "height", "x", "y", "preserveAspectRatio", "overflow"):
        clean.attributes.pop(name, None)
    clean.tag = "g"
    check_references(clean)
    names = {id: f"i{at}" for at, id in enumerate(identifiers(clean))}
    body = _written(clean, names) if clean.attributes else _inside(clean, names)
    if len(body) > MAX_MARKUP:
        raise refused(f"{len(body)} characters of clean markup")
    return Admitted(view_box, body)


def _clean(element: Element, sheet: Sheet, *, colour: str, top: bool = False) -> Element:
    if element.tag not in ALLOWED or (element.tag == "svg" and not top):
        raise refused(f"an element {element.tag[:40]!r}")
    attributes = _attributes(element, sheet)
    given = attributes.pop("color", "currentColor")
    colour = colour if given.lower() in ("currentcolor", "inherit") else given
    for name, value in attributes.items():
        if name in ("fill", "stroke", "stop-color") and "currentcolor" in value.lower():
            attributes[name] = colour
    children = [
        _clean(child, sheet, colour=colour)
        for child in element.children
        if child.tag not in LEFT_AWAY
    ]
    return Element(element.tag, attributes, children)


def _attributes(element: Element, sheet: Sheet) -> dict[str, str]:
    """The attributes that stay; those of style sheets and of its own style win, in this order."""
    given = {name: value for name, value in element.attributes.items() if name != "style"}
    given |= sheet.of(element)
    given |= declarations(element.attributes.get("style", ""))
    kept = {}
    for name, value in given.items():
        if name == "href" and element.tag not in HREF:
            raise refused(f"a link at an element {element.tag!r}")
        clean = checked(name, value)
        if clean is not None:
            kept[name] = clean
    return kept


def _view_box(root: Element) -> Box:
    """Raises: MediaRejected: there is none, or it has no size."""
    given = root.attributes.get("viewBox")
    if given is not None:
        numbers = [float(one) for one in given.replace(",", " ").split()]
    else:
        sides = (root.attributes.get(name, "").removesuffix("px") for name in ("width", "height"))
        try:
            numbers = [0.0, 0.0, *(float(side) for side in sides)]
        except ValueError:
            numbers = []
    if len(numbers) != 4 or not all(MIN_SIDE <= side <= MAX_SIDE for side in numbers[2:]):
        raise MediaRejected(
            f"the SVG's viewBox is {given!r}; expected x, y, width and height in numbers", hint=HINT
        )
    if not 1 / 50 <= numbers[2] / numbers[3] <= 50:
        raise MediaRejected(f"the SVG is {numbers[2]:g} by {numbers[3]:g}: too thin", hint=HINT)
    return (numbers[0], numbers[1], numbers[2], numbers[3])


def _written(element: Element, names: dict[str, str]) -> str:
    style = ";".join(
        f"{name}:{value}" for name, value in element.attributes.items() if name in STYLE_ONLY
    )
    told = {
        name: _renamed(name, value, names)
        for name, value in element.attributes.items()
        if name not in STYLE_ONLY
    }
    if style:
        told["style"] = style
    inside = _inside(element, names)
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in told.items())
    if not inside:
        return f"<{element.tag}{attributes}/>"
    return f"<{element.tag}{attributes}>{inside}</{element.tag}>"


def _inside(element: Element, names: dict[str, str]) -> str:
    return "".join(_written(child, names) for child in element.children)


def _renamed(name: str, value: str, names: dict[str, str]) -> str:
    if name == "id":
        return names[value]
    if name == "href":
        return f"#{names[value[1:]]}"
    if not value.startswith("url("):
        return value
    inside, _, rest = value.partition(")")
    old = inside.partition("#")[2].strip("'\" ")
    return f"url(#{names[old]}){rest}"
