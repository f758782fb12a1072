"""Of two claims in the same words, the picture bears out one: read back as facts and quotations."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.training.understanding.claims import claims
from maquette.training.understanding.facts import said_facts, true_facts
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Scene


def borne_out(claim: str, scene: Scene) -> bool:
    """Whether all facts and printed words that a claim tells are the scene's."""
    quoted = {word.lower() for text in re.findall(r'"([^"]*)"', claim) for word in text.split()}
    return said_facts(claim) <= true_facts(scene) and quoted <= {
        word.text.lower() for word in scene.words
    }


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_true_claims_are_borne_out_and_false_ones_are_not(seed: int) -> None:
    """By the reader of facts, which shares nothing with the writer of captions."""
    rng = np.random.default_rng(seed)
    scene = sample_scene(rng, words=seed % 3 // 2)
    for claim in claims(scene, rng):
        assert borne_out(claim.question, scene) == (claim.answer == "yes"), claim


def test_claims_come_in_pairs_in_either_order() -> None:
    """A true and a false one; neither place tells which."""
    orders = []
    for seed in range(40):
        scene = sample_scene(np.random.default_rng(seed))
        answers = [claim.answer for claim in claims(scene, np.random.default_rng(seed))]
        assert sorted(answers) in ([], ["no", "yes"])
        orders.append("".join(answers))
    assert {"yesno", "noyes"} <= set(orders)
