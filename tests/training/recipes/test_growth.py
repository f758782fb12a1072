"""A grown model starts as what it grew from; edits are one change; the prior reads captions."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import torch
from diffusers.models.modeling_utils import ModelMixin

from maquette.model_servers.generation.layout_flow.autoencoder import LayoutAutoencoder
from maquette.model_servers.generation.layout_flow.transformer import LayoutFlowTransformer
from maquette.training.data.edits import KINDS, SAYINGS, sample_edit
from maquette.training.recipes.components import (
    TOY,
    build_prior,
    build_text_encoder,
    build_tokenizer,
)
from maquette.training.recipes.few_step import STRIDES, stride_targets
from maquette.training.recipes.growth import (
    grow_autoencoder,
    grow_text_encoder,
    grow_transformer,
)
from maquette.training.recipes.prior import PriorRecipe, named_boxes, prior_batch, tidy_row
from maquette.training.recipes.wordbook import all_words
from maquette.training.recipes.wordings import ON_ITS, RELATED
from maquette.training.world.drawing.background import plain
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import SIDES, Placed, Scene
from maquette.training.world.split import HELD_OUT
from maquette.training.world.telling.wording import RELATION_WORDS, TEST_RELATIONS


def _loud(model: ModelMixin) -> ModelMixin:
    for weights in model.parameters():
        if not weights.any():
            torch.nn.init.normal_(weights, std=0.1)
    return model


def test_a_grown_transformer_starts_as_the_old_one() -> None:
    """With more channels, blocks and ports the old channels' velocity is exactly the old one."""
    torch.manual_seed(0)
    small = {"cells": 4, "text_width": 32, "layout_width": 8, "width": 32, "heads": 2}
    old = _loud(LayoutFlowTransformer(latent_channels=4, depth=2, **small))
    new = LayoutFlowTransformer(
        latent_channels=6,
        depth=3,
        source_port=True,
        glyph_width=4,
        concept_port=True,
        refiner_width=8,
        stride_port=True,
        **small,
    )
    grow_transformer(new, old)
    latents, t, text = torch.randn(2, 6, 4, 4), torch.rand(2), torch.randn(2, 5, 32)
    rest = (text, torch.ones(2, 5, dtype=torch.bool), torch.randn(2, 41, 4, 4))
    with torch.no_grad():
        grown = new(latents, t, *rest)
        assert torch.allclose(grown[:, :4], old(latents[:, :4], t, *rest), atol=1e-6)
    assert not grown[:, 4:].any()


def test_a_grown_autoencoder_starts_as_the_old_one() -> None:
    """More latent channels change neither the old channels nor the picture at first."""
    torch.manual_seed(0)
    old = _loud(LayoutAutoencoder(4, (8, 8, 8)))
    new = LayoutAutoencoder(6, (8, 8, 8))
    grow_autoencoder(new, old)
    pixels = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        assert torch.allclose(new.encode(pixels)[:, :4], old.encode(pixels), atol=1e-5)
        expected = old.decode(old.encode(pixels))
        assert torch.allclose(new.decode(new.encode(pixels)), expected, atol=1e-5)
    with pytest.raises(ValueError, match="4 latent channels cannot hold"):
        grow_autoencoder(old, new)


def test_words_keep_their_meaning_when_the_vocabulary_grows() -> None:
    """A known word has its old embedding at its new number."""
    first, second = build_tokenizer(["red", "star"]), build_tokenizer(["blue", "red", "star"])
    old = build_text_encoder(TOY, len(first), 1)
    new = build_text_encoder(TOY, len(second), 2)
    assert grow_text_encoder(new, second, old, first) == 5
    rows = [m.embeddings.word_embeddings.weight for m in (new, old)]
    assert torch.equal(rows[0][second.get_vocab()["star"]], rows[1][first.get_vocab()["star"]])
    ids = [t("red star", return_tensors="pt")["input_ids"] for t in (second, first)]
    with torch.no_grad():
        states = [m(i).last_hidden_state for m, i in zip((new, old), ids, strict=True)]
    assert torch.allclose(*states, atol=1e-6)


def test_edits_change_one_thing_and_stay_in_the_split() -> None:
    """Every kind is drawn; what it does not name is equal before and after."""
    rng = np.random.default_rng(5)
    seen = Counter()
    for kind in KINDS:
        for _ in range(6):
            edit = sample_edit(sample_scene(rng), rng, kinds=(kind,))
            if edit is None:
                continue
            seen[kind] += 1
            before, after = set(edit.before.things), set(edit.after.things)
            assert len(before - after) <= 1
            assert len(after - before) <= 1
            same = edit.before.background == edit.after.background
            assert same == (kind != "background")
            assert not {p.pair for p in after} & HELD_OUT
            assert edit.before.words == edit.after.words
            assert "{" not in edit.instruction
    assert set(seen) == set(KINDS)


def test_test_instructions_are_not_trained_on() -> None:
    """No way of asking is in both wording sets, but their words are all known."""
    known = set(all_words())
    for kind in KINDS:
        assert not set(SAYINGS["train"][kind]) & set(SAYINGS["test"][kind])
        for said in SAYINGS["test"][kind]:
            assert set(said.replace("{it}", "").replace("{new}", "").split()) <= known


def test_the_prior_learns_only_what_the_caption_names() -> None:
    """Boxes come in order of mention; patterns are told only where the caption tells them."""
    scene = Scene(
        (
            Placed("circle", "red", (0.1, 0.1, 0.3, 0.3), "striped"),
            Placed("star", "blue", (0.6, 0.6, 0.9, 0.9)),
        ),
        plain("cream"),
    )
    named = named_boxes(scene, "a blue star below a red circle")
    assert [phrase for phrase, _ in named] == ["blue star", "red circle"]
    assert named_boxes(scene, "one striped circle") == [
        ("striped red circle", (0.1, 0.1, 0.3, 0.3))
    ]
    assert named_boxes(scene, "the shown thing and a blue star", 0)[0][0] == "the shown thing"


def test_tidy_rows_tell_the_truth() -> None:
    """Things of a tidy row stand as its caption says, from whichever side it says it."""
    rng = np.random.default_rng(4)
    told = 0
    for _ in range(60):
        scene, text = tidy_row(rng)
        ways = [(side, way) for side in SIDES for way in RELATION_WORDS[side]]
        ways += [(side, way) for side, way in ON_ITS.items()]
        side = next((s for s, way in ways if f" {way} " in f" {text} "), None)
        if side is None:
            assert len({(p.pair, p.pattern) for p in scene.things}) == 1
            assert len(named_boxes(scene, text)) == len(scene.things)
            continue
        told += 1
        (first, _), (second, _) = named_boxes(scene, text)
        by_name = {f"{p.colour} {p.thing}": p.box for p in scene.things}
        a, b = (by_name[" ".join(name.split()[-2:])] for name in (first, second))
        turned = {"it", "its"} & set(text.split()) or any(
            text.startswith(f"{way} ") for _, way in ways
        )
        x, y = (
            (lo + hi) / 2 - (olo + ohi) / 2
            for lo, hi, olo, ohi in ((a[0], a[2], b[0], b[2]), (a[1], a[3], b[1], b[3]))
        )
        sign = -1 if turned else 1
        offset = {"left of": -x, "right of": x, "above": -y, "below": y}[side]
        assert sign * offset > 0, text
    assert told > 20


def test_test_relations_are_not_trained_on() -> None:
    """No way of telling a relation that requests are tested with is among the lessons'."""
    for side, ways in RELATION_WORDS.items():
        backs = [f"{way} it" for way in ways] + [ON_ITS.get(side, "")]
        taught = {
            form.replace("{way}", way).replace("{back}", back)
            for form in RELATED
            for way in ways
            for back in backs
        }
        assert TEST_RELATIONS[side] not in taught


def test_prior_batches_predict_boxes_only() -> None:
    """Caption words and padding are never to be predicted; the end mark is."""
    tokenizer = build_tokenizer(all_words())
    prior = build_prior(TOY, len(tokenizer), 0)
    rng = np.random.default_rng(1)
    scenes = [sample_scene(rng) for _ in range(4)]
    tokens, wanted = prior_batch(prior, tokenizer, scenes, PriorRecipe(batch=5), rng)
    assert tokens.shape == wanted.shape
    for row, mask in zip(tokens.tolist(), wanted.tolist(), strict=True):
        then, end = row.index(prior.mark(0)), row.index(prior.mark(2))
        assert not any(mask[: then + 1])
        assert all(mask[then + 1 : end + 1])
        assert not any(mask[end + 1 :])


def test_strides_are_means_of_their_halves() -> None:
    """For a flow whose velocity is known the target of a stride is its mean velocity."""

    def linear(latents, t, *rest):  # type: ignore[no-untyped-def]
        return t[:, None, None, None].expand_as(latents)

    stride = torch.tensor(STRIDES)
    t = torch.ones(len(STRIDES))
    shapes = torch.zeros(len(STRIDES), 1, 2, 2)

    class Nothing:
        text_states = text_mask = layout_map = ports = None

        def select(self, _):  # type: ignore[no-untyped-def]
            return self

    target = stride_targets(linear, shapes, t, stride, Nothing(), Nothing(), 3.0)  # type: ignore[arg-type]
    assert torch.allclose(target[:, 0, 0, 0], 1 - stride / 4)
