"""Stored bytes to the picture a model sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from maquette.infra.media.admit import decode_stored

if TYPE_CHECKING:
    from PIL.Image import Image


def open_picture(data: bytes) -> Image:
    """Decode under limits, as RGB on white paper. Raises: MediaRejected: it is no picture."""
    return on_paper(decode_stored(data))


def on_paper(picture: Image) -> Image:
    """The picture as RGB; what is clear is seen as it would be on white paper."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        from PIL import Image

        picture = picture.convert("RGBA")
        paper = Image.new("RGBA", picture.size, "#ffffff")
        paper.alpha_composite(picture)
        picture = paper
    return picture.convert("RGB")
