"""What is told of a mask: its picture, its box, its area, and itself as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from maquette.infra.media.admit import encode_png
from maquette.model_servers.schemas.segmentation import CocoMask
from maquette.model_servers.segmentation.run_length import (
    BACKGROUND,
    coarse,
    encode_mask,
    to_coco,
)
from maquette.records.geometry import Box

if TYPE_CHECKING:
    import numpy as np

MAX_TEXT = 6_000
"""Longest text of a whole mask, in characters; a longer one is told coarsely alone."""
MAX_COCO = 20_000


def told_mask(mask: np.ndarray, prompt: str) -> tuple[bytes, dict[str, Any]]:
    """A mask as PNG (8 bits, 255 inside), and the fields of ``FoundMask`` that follow from it.

    Args:
        mask: bool (H, W).
        prompt: what was asked for; the label of the text forms.
    """
    import numpy as np
    from PIL import Image

    label = prompt if prompt not in ("", BACKGROUND) else "it"
    size, counts = to_coco(mask)
    told: dict[str, Any] = {
        "box": box_of(mask),
        "area": float(mask.mean()),
        "coarse_text": encode_mask(coarse(mask), label),
        "text": short_text(mask, label),
        "coco": CocoMask(size=size, counts=counts) if len(counts) <= MAX_COCO else None,
    }
    return encode_png(Image.fromarray(mask.astype(np.uint8) * 255, "L")), told


def box_of(mask: np.ndarray) -> Box | None:
    """The tightest box round a mask, or None if it is empty."""
    import numpy as np

    columns, rows = np.flatnonzero(mask.any(0)), np.flatnonzero(mask.any(1))
    if not len(columns):
        return None
    height, width = mask.shape
    return Box(
        x0=int(columns[0]) / width,
        y0=int(rows[0]) / height,
        x1=(int(columns[-1]) + 1) / width,
        y1=(int(rows[-1]) + 1) / height,
    )


def short_text(mask: np.ndarray, label: str) -> str | None:
    """Every pixel as row-wise run lengths, unless that would be long."""
    import numpy as np

    runs = mask.shape[0] + int((np.diff(mask.astype(np.int8), axis=1) != 0).sum())
    if runs * len(f"{BACKGROUND} *9") > 2 * MAX_TEXT:
        return None
    text = encode_mask(mask, label)
    return text if len(text) <= MAX_TEXT else None
