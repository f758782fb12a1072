"""What every reward backend promises: inherit the suite and supply a ``backend``."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from maquette.model_servers.reward.backends.contract import RewardBackend
from maquette.records.errors import CapabilityMissing


def pictures() -> list[Image.Image]:
    """Two of noise; the first redder, the second bluer."""
    noise = np.random.default_rng(3).integers(0, 100, (2, 48, 48, 3), dtype=np.uint8)
    noise[0, ..., 0] += 150
    noise[1, ..., 2] += 150
    return [Image.fromarray(pixels) for pixels in noise]


class RewardBackendContract:
    """The suite. Subclasses give a ``backend`` fixture: a loaded model."""

    def test_it_names_its_files_and_perspectives(self, backend: RewardBackend) -> None:
        """There is at least one, each with words; an unknown one is refused with the known."""
        assert backend.files and backend.perspectives
        backend.check(tuple(backend.perspectives))
        with pytest.raises(CapabilityMissing, match=next(iter(backend.perspectives))):
            backend.check(("nonsense",))
        with pytest.raises(CapabilityMissing):
            backend.score(pictures(), [(0, "a red circle", "nonsense")])

    def test_rows_are_scored_in_their_order(self, backend: RewardBackend) -> None:
        """A score from 0 to 1 a row, that of the row alone."""
        rows = [
            (index, caption, name)
            for index in (0, 1)
            for caption in ("a red circle", "a blue square")
            for name in backend.perspectives
        ]
        scores = backend.score(pictures(), rows)
        assert len(scores) == len(rows) and all(0 <= one.score <= 1 for one in scores)
        for row, score in zip(rows, scores, strict=True):
            (alone,) = backend.score(pictures(), [row])
            assert alone.raw == pytest.approx(score.raw, abs=1e-4)
            assert alone.score == pytest.approx(score.score, abs=1e-4)

    def test_better_is_a_probability_of_two(self, backend: RewardBackend) -> None:
        """Half for equals; the two ways round sum to one."""
        for name in backend.perspectives:
            a, b = backend.score(pictures(), [(k, "a red circle", name) for k in (0, 1)])
            assert backend.better(name, a, a) == pytest.approx(0.5, abs=1e-6)
            both = backend.better(name, a, b) + backend.better(name, b, a)
            assert both == pytest.approx(1, abs=1e-6)
