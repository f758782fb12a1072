"""Packs of SVG drawings, wherever they lie: the picture of a drawing, and a pack of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from maquette.infra.vector import raster
from maquette.infra.vector.safe_svg import Admitted, admit
from maquette.records.errors import MediaRejected, NotFound
from maquette.tools.art.contract import Art, Licence, ThingCard
from maquette.tools.art.packs.font import pack_digest

CODE = "svg 1"
"""Of what admits and measures: changed whenever the same drawing gives other markup."""


class DrawnPack:
    """Things of which each is an SVG document. A reader gives cards and documents."""

    def __init__(
        self,
        name: str,
        *,
        title: str,
        licence: Licence,
        style: str,
        cards: Mapping[str, ThingCard],
        drawings: Mapping[str, bytes],
    ) -> None:
        """``cards`` and ``drawings`` have the same keys: the whole ids, ``<name>:<id>``."""
        self.name, self.title, self.licence, self.style = name, title, licence, style
        self._cards, self._drawings = cards, drawings

    @cached_property
    def digest(self) -> str:
        """Of every drawing and card, the renderer, and this code."""
        told = [f"{id} {self._cards[id]} {self._drawings[id]!r}" for id in sorted(self._cards)]
        return pack_digest(CODE, "resvg_py", self.title, str(self.licence), *told)

    def cards(self) -> Mapping[str, ThingCard]:
        """Every thing by its id."""
        return self._cards

    def art(self, id: str) -> Art:
        """The drawing, admitted. Raises: NotFound, MediaRejected: see ``ArtPack``."""
        if id not in self._drawings:
            raise NotFound(
                f"the art pack {self.name} has no thing {id!r}", hint="maquette art find WORDS"
            )
        try:
            return art_of_svg(admit(self._drawings[id]))
        except MediaRejected as error:
            raise MediaRejected(f"{id}: {error.message}", hint=error.hint) from error


def art_of_svg(drawing: Admitted) -> Art:
    """The picture of an admitted drawing; what lies outside of its view box is cut off, as it would
    be in a document of its own.

    Raises: MediaRejected: it shows nothing.
    """
    body, box = drawing.body, drawing.view_box
    ink = raster.ink_of(box, body)
    x, y, width, height = box
    if ink is not None and not (
        x <= ink[0] and y <= ink[1] and ink[2] <= x + width and ink[3] <= y + height
    ):
        rectangle = f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"/>'
        clip = f'<clipPath id="view">{rectangle}</clipPath>'
        body = f'{clip}<g clip-path="url(#view)">{body}</g>'
        ink = raster.ink_of(box, body)
    if ink is None:
        raise MediaRejected("the SVG shows nothing")
    return Art(box, body, ink)
