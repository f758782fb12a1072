"""How a picture becomes what a vision tower takes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from maquette.model_servers.loading.pixels import PixelPlan

RNG = np.random.default_rng(0)
PICTURE = Image.fromarray(RNG.integers(0, 256, (6, 10, 3), dtype=np.uint8))


def plan(
    folder: Path, side_px: int = 4, name: str = "preprocessor_config", **told: object
) -> PixelPlan:
    table = told if name == "preprocessor_config" else {"image_processor": told}
    (folder / f"{name}.json").write_text(json.dumps(table))
    return PixelPlan(folder, side_px)


@pytest.mark.parametrize("name", ["preprocessor_config", "processor_config"])
def test_numbers_are_normalised_as_the_file_says(tmp_path: Path, name: str) -> None:
    """Each channel is scaled to [0, 1], less its mean, by its deviation; channels come first."""
    square = PICTURE.crop((0, 0, 4, 4))
    made = plan(tmp_path, name=name, image_mean=[0.1, 0.2, 0.3], image_std=[1.0, 0.5, 0.25])
    expected = np.asarray(square, np.float64) / 255 - [0.1, 0.2, 0.3]
    expected = (expected / [1.0, 0.5, 0.25]).transpose(2, 0, 1)
    np.testing.assert_allclose(made(square), expected, rtol=1e-5, atol=1e-6)


def test_the_middle_is_cut_out_only_when_told(tmp_path: Path) -> None:
    """With do_center_crop the sides do not count; without it all of the picture is scaled."""
    cut = plan(tmp_path, 6, do_center_crop=True)(PICTURE)
    np.testing.assert_array_equal(cut, plan(tmp_path, 6)(PICTURE.crop((2, 0, 8, 6))))
    assert not np.array_equal(cut, plan(tmp_path, 6)(PICTURE))


@pytest.mark.parametrize(("told", "used"), [(0, 0), (2, 2), (None, 3)])
def test_pictures_are_scaled_as_the_file_says(tmp_path: Path, told: int | None, used: int) -> None:
    """Pillow's number in the file decides, 0 (nearest) too; null means the class's own."""
    scaled = PICTURE.resize((4, 4), Image.Resampling(used))
    np.testing.assert_array_equal(plan(tmp_path, resample=told)(PICTURE), plan(tmp_path)(scaled))
