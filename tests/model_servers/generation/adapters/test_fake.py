"""The fake generator keeps the promises of a real adapter, and draws the colours it is told."""

from __future__ import annotations

import numpy as np
import pytest

from maquette.contracts.row_adapter import RowAdapterContract
from maquette.model_servers.generation.adapters.fake import FakeAdapter


class TestFakeAdapter(RowAdapterContract):
    @pytest.fixture
    def adapter(self) -> FakeAdapter:
        return FakeAdapter()

    @pytest.mark.parametrize(("prompt", "colour"), [("a red circle", 0), ("blue sky", 2)])
    def test_the_picture_has_the_colour_of_its_words(
        self, adapter: FakeAdapter, prompt: str, colour: int
    ) -> None:
        """The named channel is near full everywhere, the others near nought."""
        row = self.drawn(adapter, self.spec(adapter, prompt=prompt))
        pixels = np.asarray(adapter.decode(row.latent, row.spec), float)
        others = np.delete(pixels, colour, axis=2)
        assert pixels[..., colour].min() > 200 and others.max() < 50
