"""What every understanding backend promises: inherit the suite and supply a ``backend``."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from PIL import Image

from maquette.model_servers.understanding.backends.contract import UnderstandingBackend
from maquette.records.errors import InvalidInput

Backend = UnderstandingBackend[Any]

LABELS = ("yes", "no", "a red circle")


def picture(seed: int = 1) -> Image.Image:
    """A noisy picture, redder than anything else."""
    pixels = np.random.default_rng(seed).integers(0, 90, (40, 60, 3), dtype=np.uint8)
    pixels[..., 0] += 160
    return Image.fromarray(pixels)


class UnderstandingBackendContract:
    """The suite. Subclasses give a ``backend`` fixture: a loaded model."""

    def test_its_facts_are_numbers_above_nought(self, backend: Backend) -> None:
        """What ``capabilities`` tells of the model."""
        assert min(backend.parameters, backend.side_px, backend.picture_tokens) > 0

    def test_the_same_question_has_the_same_answer(self, backend: Backend) -> None:
        """Looking again, and asking again about what was seen, changes nothing."""
        seen = backend.see(picture())
        said = backend.say(seen, "what is there?", 8)
        assert said == backend.say(seen, "what is there?", 8)
        assert said == backend.say(backend.see(picture()), "what is there?", 8)
        assert isinstance(said.text, str) and said.log_prob <= 0
        assert backend.say(None, "what is there?", 8) == backend.say(None, "what is there?", 8)

    def test_it_tells_where_it_looked_only_if_asked(self, backend: Backend) -> None:
        """The grid is as wide in every row and sums to 1; the words are the same either way."""
        seen = backend.see(picture())
        plain = backend.say(seen, "what is there?", 8)
        told = backend.say(seen, "what is there?", 8, attention=True)
        assert plain.grid == () and plain.share == 0.0 and told.text == plain.text
        assert len({len(row) for row in told.grid}) == 1
        assert sum(map(sum, told.grid)) == pytest.approx(1, abs=1e-3)
        assert 0 <= told.share <= 1

    def test_labels_are_scored_in_their_order(self, backend: Backend) -> None:
        """A finite log-probability each, the same in any order and company."""
        seen = backend.see(picture())
        scores = backend.score(seen, "is it red?", LABELS)
        assert len(scores) == len(LABELS) and all(math.isfinite(s) and s <= 0 for s in scores)
        assert backend.score(seen, "is it red?", LABELS[::-1]) == pytest.approx(scores[::-1])
        for label, score in zip(LABELS, scores, strict=True):
            assert backend.score(seen, "is it red?", (label,)) == pytest.approx([score])

    def test_blind_shares_need_no_picture(self, backend: Backend) -> None:
        """Without a picture, and with one that shows nothing known."""
        for unknown in (False, True):
            blind = backend.score(None, "is it red?", LABELS, unknown=unknown)
            assert all(math.isfinite(score) and score <= 0 for score in blind)

    def test_what_cannot_be_asked_is_refused(self, backend: Backend) -> None:
        """A label without letters, and more words than the model holds."""
        with pytest.raises(InvalidInput):
            backend.score(None, "is it red?", ("",))
        with pytest.raises(InvalidInput, match="holds"):
            backend.say(backend.see(picture()), "red " * 3000, 8)
