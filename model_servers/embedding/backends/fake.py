"""A dual encoder without a model: pictures and captions by how red, green and blue they are."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from maquette.model_servers.embedding.backends.contract import Vector
from maquette.model_servers.loading.plain_colours import COLOURS, colours_in, shares

if TYPE_CHECKING:
    from PIL import Image


class FakeEncoder:
    """Deterministic, on any machine, from no files. D = 4: three colours, and none of them."""

    def __init__(
        self, path: Path | None = None, *, device: str = "cpu", dtype: str = "float32"
    ) -> None:
        """Takes what the role gives, and needs none of it."""

    def embed_picture(self, picture: Image.Image) -> Vector:
        """Along the shares of the picture."""
        return _unit(shares(picture))

    def embed_caption(self, text: str) -> Vector:
        """Along the colours that it names."""
        named = colours_in(text)
        return _unit(tuple(float(colour in named) for colour in COLOURS))


def _unit(colours: tuple[float, ...]) -> Vector:
    vector = (*colours, 0.1)
    length = math.hypot(*vector)
    return tuple(value / length for value in vector)
