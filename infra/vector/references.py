"""What an SVG's elements refer to: all of it is there, nothing refers to itself, and following
every reference does not grow without end.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from maquette.infra.vector.markup import Element, refused

MAX_DRAWN = 20_000
"""Elements that are drawn when every reference is followed."""
MAX_LAYERS = 64
"""Clips, masks (two each), groups with opacity or blending, when every reference is followed: each
takes a surface of its own, at 2048 pixels a third of a second where it covers the picture."""
MAX_SHADED = 400
"""Elements painted with a gradient, when every reference is followed."""
MAX_NESTED = 64
"""Depth when every reference is followed."""
_URL = re.compile(r"url\(\s*['\"]?#([^)'\"\s]+)")
_LAYERED = {"clip-path": 1, "mask": 2, "mix-blend-mode": 1, "isolation": 1}


class Cost(NamedTuple):
    """What drawing an element takes, with all that it refers to."""

    drawn: int
    layers: int
    shaded: int
    depth: int


def identifiers(root: Element) -> dict[str, Element]:
    """Elements by their ids. Raises: MediaRejected: two have one id."""
    found: dict[str, Element] = {}
    for element in root.walk():
        id = element.attributes.get("id")
        if id is None:
            continue
        if id in found:
            raise refused(f"the id {id!r} twice")
        found[id] = element
    return found


def references(element: Element) -> list[str]:
    """The ids that an element refers to, in the order of its attributes."""
    found = []
    for name, value in element.attributes.items():
        if name == "href":
            found.append(value[1:])
        elif "url(" in value:
            found += _URL.findall(value)
    return found


def check_references(root: Element) -> None:
    """Raises: MediaRejected: a reference to nothing or to itself, or more than the limits allow."""
    known = identifiers(root)
    cost = _Costs(known).of(root)
    if cost.drawn > MAX_DRAWN:
        raise refused(f"references that draw more than {MAX_DRAWN} elements")
    if cost.layers > MAX_LAYERS:
        raise refused(f"more than {MAX_LAYERS} clips, masks and layers")
    if cost.shaded > MAX_SHADED:
        raise refused(f"more than {MAX_SHADED} elements with gradients")
    if cost.depth > MAX_NESTED:
        raise refused(f"references nested deeper than {MAX_NESTED}")


class _Costs:
    """What each element costs with all it refers to; each is counted once, so this takes no longer
    than the document is."""

    def __init__(self, known: dict[str, Element]) -> None:
        self._known = known
        self._costs: dict[int, Cost] = {}
        self._open: set[int] = set()

    def of(self, element: Element) -> Cost:
        """Raises: MediaRejected: it refers to nothing, or to itself."""
        key = id(element)
        if key in self._open:
            name = element.attributes.get("id", element.tag)
            raise refused(f"an element {name!r} that refers to itself")
        if key not in self._costs:
            if len(self._open) > MAX_NESTED:
                raise refused(f"references nested deeper than {MAX_NESTED}")
            self._open.add(key)
            self._costs[key] = self._sum(element)
            self._open.remove(key)
        return self._costs[key]

    def _sum(self, element: Element) -> Cost:
        parts = [self.of(child) for child in element.children]
        for name in references(element):
            if name not in self._known:
                raise refused(f"a reference to #{name}, which is not there")
            parts.append(self.of(self._known[name]))
        given = element.attributes
        layers = sum(_LAYERED.get(name, 0) for name in given)
        layers += element.tag in ("g", "use") and "opacity" in given
        shaded = any("url(" in given.get(name, "") for name in ("fill", "stroke"))
        return Cost(
            1 + sum(part.drawn for part in parts),
            layers + sum(part.layers for part in parts),
            shaded + sum(part.shaded for part in parts),
            1 + max((part.depth for part in parts), default=0),
        )
