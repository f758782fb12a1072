"""What every segmentation backend promises: inherit the suite and supply a ``backend``."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from maquette.model_servers.segmentation.backends.contract import SegmentationBackend

Backend = SegmentationBackend[Any]

PHRASES = ("the red circle", "red", "circle zebra")


def picture() -> Image.Image:
    """A red disc on grey, wider than high."""
    drawn = Image.new("RGB", (90, 60), "#808080")
    ImageDraw.Draw(drawn).ellipse((10, 10, 50, 50), fill="#e01010")
    return drawn


class SegmentationBackendContract:
    """The suite. Subclasses give a ``backend`` fixture: a loaded model."""

    def test_a_mask_has_the_pictures_size(self, backend: Backend) -> None:
        """Truth values of height times width, with a score from 0 to 1."""
        seen = backend.look(picture())
        for phrase in PHRASES:
            found = backend.find(seen, phrase, (90, 60))
            assert found.mask.shape == (60, 90) and found.mask.dtype == np.bool_
            assert 0 <= found.score <= 1

    def test_a_mask_does_not_depend_on_company(self, backend: Backend) -> None:
        """The same after other phrases, and after looking anew."""
        seen = backend.look(picture())
        first = {phrase: backend.find(seen, phrase, (90, 60)) for phrase in PHRASES}
        for phrase in reversed(PHRASES):
            for again in (seen, backend.look(picture())):
                found = backend.find(again, phrase, (90, 60))
                assert np.array_equal(found.mask, first[phrase].mask)
                assert found.score == first[phrase].score

    def test_unknown_words_are_words_of_the_phrase(self, backend: Backend) -> None:
        """In their order, each once; what it knows is not among them."""
        unknown = backend.unknown_words("zebra red zebra quagga")
        assert unknown in (("zebra", "quagga"), ())
        assert backend.unknown_words("red") == ()
