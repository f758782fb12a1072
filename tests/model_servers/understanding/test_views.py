"""A picture seen twice: where the second view looks, and how the two are put together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from llava_models import save_clip_seer
from PIL import Image

from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.understanding.backends.llava import Llava
from maquette.model_servers.understanding.role import UnderstandingRole
from maquette.model_servers.understanding.views import averaged, views_of
from maquette.records.errors import ConfigError


def test_the_second_view_lies_half_a_patch_down_the_diagonal() -> None:
    """Each of its pixels is the first view's, half a patch further; edges are repeated."""
    pixels = torch.rand(3, 32, 32, generator=torch.Generator().manual_seed(1))
    first, second = views_of(pixels, 2, 8)
    assert torch.equal(first, pixels)
    assert torch.equal(second[:, :28, :28], pixels[:, 4:, 4:])
    assert torch.equal(second[:, 28:, :28], pixels[:, -1:, 4:].expand(-1, 4, -1))
    assert torch.equal(second[:, 28:, 28:], pixels[:, -1:, -1:].expand(-1, 4, 4))


def test_views_are_averaged_as_a_geometric_mean_that_sums_to_one() -> None:
    """Against numpy on probabilities: their product's root, normalised."""
    logits = torch.randn(2, 5, 7, generator=torch.Generator().manual_seed(2))
    odds = np.exp(logits.double().numpy())
    shares = odds / odds.sum(-1, keepdims=True)
    expected = np.sqrt(shares[0] * shares[1])
    expected /= expected.sum(-1, keepdims=True)
    np.testing.assert_allclose(averaged(logits).exp().numpy(), expected, rtol=1e-5)


def test_views_that_show_the_same_change_nothing(tmp_path: Path) -> None:
    """Of a picture in one colour every view is the same: so are words, odds and labels."""
    save_clip_seer(tmp_path)
    plain = Image.new("RGB", (64, 64), (200, 30, 30))
    once, twice = Llava(tmp_path), Llava(tmp_path, views=2)
    one, two = once.say(once.see(plain), "what?", 6), twice.say(twice.see(plain), "what?", 6)
    assert one.text == two.text and one.log_prob == pytest.approx(two.log_prob, abs=1e-3)
    labels = ["yes", "blue circle"]
    assert twice.score(twice.see(plain), "what?", labels) == pytest.approx(
        once.score(once.see(plain), "what?", labels), abs=1e-3
    )


def test_views_that_differ_share_the_answer(tmp_path: Path) -> None:
    """The score of a one-token label moves to between those of the views, but for the norm."""
    save_clip_seer(tmp_path)
    noise = np.random.default_rng(4).integers(0, 255, (64, 64, 3), np.uint8)
    twice = Llava(tmp_path, views=2)
    seen = twice.see(Image.fromarray(noise))
    assert len(seen) == 2 and not torch.equal(seen[0], seen[1])
    (both,) = twice.score(seen, "what?", ["yes"])
    (one,), (other,) = (twice.score(seen[k : k + 1], "what?", ["yes"]) for k in (0, 1))
    # The norm of a geometric mean is at most one, so the mean is never below the plain average.
    assert both >= (one + other) / 2 - 1e-3


def test_an_impossible_number_of_views_is_told() -> None:
    """The message names the value."""
    config = ModelConfig(model="bundled", options={"views": 9})
    with pytest.raises(ConfigError, match="views"):
        UnderstandingRole(config, MemoryArtifactStore(), 1)
