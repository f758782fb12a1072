"""What every backend of pictures and captions promises: inherit the suite, supply a ``backend``."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from maquette.model_servers.embedding.backends.contract import EmbeddingBackend

CAPTIONS = ("a red circle", "a blue square", "")


def picture(seed: int) -> Image.Image:
    """Noise, of a size of its own."""
    size = (40 + seed, 50, 3)
    return Image.fromarray(np.random.default_rng(seed).integers(0, 255, size, dtype=np.uint8))


class EmbeddingBackendContract:
    """The suite. Subclasses give a ``backend`` fixture: a loaded model."""

    def test_vectors_are_of_one_space_and_of_length_one(self, backend: EmbeddingBackend) -> None:
        """Pictures and captions have the same width, and a dot product is a cosine."""
        vectors = [backend.embed_picture(picture(k)) for k in (1, 2)]
        vectors += [backend.embed_caption(text) for text in CAPTIONS]
        assert len({len(vector) for vector in vectors}) == 1
        for vector in vectors:
            assert float(np.linalg.norm(vector)) == pytest.approx(1, abs=1e-4)

    def test_a_vector_depends_on_its_own_input_alone(self, backend: EmbeddingBackend) -> None:
        """The same numbers after others, in any order."""
        first = [backend.embed_caption(text) for text in CAPTIONS]
        seen = [backend.embed_picture(picture(k)) for k in (1, 2)]
        assert [backend.embed_caption(text) for text in reversed(CAPTIONS)] == first[::-1]
        assert [backend.embed_picture(picture(k)) for k in (2, 1)] == seen[::-1]

    def test_different_captions_are_told_apart(self, backend: EmbeddingBackend) -> None:
        """Not every caption is the same point."""
        assert backend.embed_caption(CAPTIONS[0]) != backend.embed_caption(CAPTIONS[1])
