"""A pack without files, for tests: three plain shapes, each a thing with a name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from maquette.records.errors import NotFound
from maquette.tools.art.contract import Art, Licence, ThingCard

_SHAPES: dict[str, tuple[str, tuple[float, float, float, float]]] = {
    "ball": ('<circle fill="#d01c1c" cx="50" cy="50" r="40"/>', (10, 10, 90, 90)),
    "box": ('<rect fill="#1c5fd0" x="10" y="30" width="80" height="60"/>', (10, 30, 90, 90)),
    "kite": ('<path fill="#1f9d3a" d="M50 5L90 40L50 95L10 40Z"/>', (10, 5, 90, 95)),
}


class FakePack:
    """Shapes of which every number is known."""

    title = "Plain shapes"
    licence = Licence("CC0-1.0", "nobody", "made here")
    style = "one flat colour"

    def __init__(self, name: str = "fake") -> None:
        self.name = name

    @property
    def digest(self) -> str:
        """Of the shapes."""
        return hashlib.sha256(repr(sorted(_SHAPES.items())).encode()).hexdigest()

    def cards(self) -> Mapping[str, ThingCard]:
        """A ball, a box and a kite."""
        ids = {f"{self.name}:{shape}": shape for shape in _SHAPES}
        return {id: ThingCard(id, {"en": (shape,)}, group="shapes") for id, shape in ids.items()}

    def art(self, id: str) -> Art:
        """The shape. Raises: NotFound."""
        shape = _SHAPES.get(id.removeprefix(f"{self.name}:"))
        if shape is None or not id.startswith(f"{self.name}:"):
            raise NotFound(f"the art pack {self.name} has no thing {id!r}")
        return Art((0.0, 0.0, 100.0, 100.0), *shape)
