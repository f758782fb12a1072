"""Pictures on their way into a model and out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

if TYPE_CHECKING:
    from PIL.Image import Image

    from maquette.model_servers.generation.adapters.contract import RowPictures

HALF = 128
"""Gray value from which a mask pixel means: draw anew."""


def rgb_tensor(picture: Image, width: int, height: int | None = None) -> Tensor:
    """A picture brought to a size: float (3, height, width) in [0, 1]."""
    from PIL.Image import Resampling

    size = (width, height or width)
    exact = picture if picture.size == size else picture.resize(size, Resampling.LANCZOS)
    values = np.asarray(exact.convert("RGB"), dtype=np.float32) / 255
    return torch.from_numpy(values).permute(2, 0, 1).contiguous()


def gray_tensor(mask: Image, width: int, height: int | None = None) -> Tensor:
    """A mask brought to a size: float (height, width), 1 where to draw anew, else 0."""
    return torch.from_numpy(_white(mask, (width, height or width)).astype(np.float32))


def paste_over(picture: Image, shown: RowPictures) -> Image:
    """Bring a drawing to its source's size and put the kept pixels back exactly.

    Without a mask the drawing is returned as it is.
    """
    from PIL import Image
    from PIL.Image import Resampling

    if shown.mask is None or shown.source is None:
        return picture
    source = shown.source.convert("RGB")
    if picture.size != source.size:
        picture = picture.resize(source.size, Resampling.BICUBIC)
    anew = _white(shown.mask, source.size)
    pixels = np.where(anew[..., None], np.asarray(picture.convert("RGB")), np.asarray(source))
    return Image.fromarray(pixels.astype(np.uint8))


def _white(mask: Image, size: tuple[int, int]) -> np.ndarray:
    from PIL.Image import Resampling

    exact = mask if mask.size == size else mask.resize(size, Resampling.NEAREST)
    return np.asarray(exact.convert("L")) >= HALF
