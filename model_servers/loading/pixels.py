"""From a picture to the numbers a vision tower takes, as its preprocessor file says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from maquette.model_servers.loading.model_files import read_table

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image


class PixelPlan:
    """Scales to the tower's square, cuts the middle out where told to, and normalises."""

    def __init__(self, path: Path, side_px: int, resample: int = 3) -> None:
        """Reads ``preprocessor_config.json`` or ``processor_config.json`` of a directory.

        Args:
            side_px: of the tower's square.
            resample: how to scale where the file says nothing, by Pillow's number.
        """
        settings = read_table(path / "preprocessor_config.json")
        if not settings:
            settings = read_table(path / "processor_config.json").get("image_processor", {})
        self.side_px = side_px
        self.mean = tuple(settings.get("image_mean") or (0.5, 0.5, 0.5))
        self.deviation = tuple(settings.get("image_std") or (0.5, 0.5, 0.5))
        self.crops = bool(settings.get("do_center_crop", False))
        told = settings.get("resample")
        self.resample = int(resample if told is None else told)

    def __call__(self, picture: Image) -> np.ndarray:
        """Float32 (3, S, S) of an RGB picture."""
        import numpy as np
        from PIL.Image import Resampling

        side = self.side_px
        if self.crops:
            edge = min(picture.size)
            left, top = (picture.width - edge) // 2, (picture.height - edge) // 2
            picture = picture.crop((left, top, left + edge, top + edge))
        if picture.size != (side, side):
            picture = picture.resize((side, side), Resampling(self.resample))
        return self.normalised(np.asarray(picture))

    def normalised(self, pixels: Any) -> np.ndarray:
        """Float32 (..., 3, S, S) of bytes (..., S, S, 3)."""
        import numpy as np

        scaled = np.asarray(pixels, np.float32) / 255
        scaled = (scaled - np.array(self.mean, np.float32)) / np.array(self.deviation, np.float32)
        return np.ascontiguousarray(np.moveaxis(scaled, -1, -3))
