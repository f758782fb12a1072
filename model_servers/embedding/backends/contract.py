"""What the embedding role asks of the model of pictures and captions. Light."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PIL import Image

Vector = tuple[float, ...]


class EmbeddingBackend(Protocol):
    """A loaded dual encoder. One caller at a time; no vector depends on company.

    A class of this kind is made of the model's directory (None: it needs none) and, by keyword,
    ``device`` and ``dtype``: torch's names.
    """

    def embed_picture(self, picture: Image.Image) -> Vector:
        """The unit vector (D,) of an RGB picture."""
        ...

    def embed_caption(self, text: str) -> Vector:
        """The unit vector (D,) of a caption, in the pictures' space."""
        ...
