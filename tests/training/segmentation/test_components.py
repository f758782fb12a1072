"""The segmenter's recipe: phrases mean the right pixels, and every part runs at toy size."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from maquette.training.data.shards import Shard
from maquette.training.segmentation.asking import asks
from maquette.training.segmentation.batches import make_batch
from maquette.training.segmentation.calibrate import chosen_limit
from maquette.training.segmentation.components import (
    BUNDLED,
    TOY,
    build_segmenter,
    build_tokenizer,
)
from maquette.training.segmentation.leading import lead_decoder
from maquette.training.segmentation.losses import (
    alignment_loss,
    answer,
    ask,
    intersection_over_union,
    mask_losses,
    wording_loss,
)
from maquette.training.segmentation.score import GROUPS, make_trial, overlap, tinted
from maquette.training.vision.owners import owners_of
from maquette.training.vision.tower import look
from maquette.training.world.drawing.render import masks, render
from maquette.training.world.sample import sample_scene
from maquette.training.world.split import HELD_OUT
from maquette.training.world.things import THINGS


def test_the_parts_with_gradients_compute_what_the_class_computes() -> None:
    """One picture, two phrases: the same logits as the shipped forward, asked twice."""
    tokenizer = build_tokenizer()
    model = build_segmenter(TOY, len(tokenizer), seed=1).eval()
    pixels = torch.rand(1, 3, 64, 64) * 2 - 1
    inputs = tokenizer(["the red circle", "a boat"], padding=True, return_tensors="pt")
    ids, attended = inputs["input_ids"], inputs["attention_mask"]
    with torch.no_grad():
        states = look(model.clip.vision_model, pixels)
        ours = answer(model, states, ask(model, ids, attended))
        theirs = model(
            input_ids=ids, attention_mask=attended, pixel_values=pixels.expand(2, -1, -1, -1)
        ).logits
    assert torch.allclose(ours, theirs, atol=1e-5)


def test_every_part_learns() -> None:
    """Each parameter that the masks depend on gets a gradient, the phrase's among them."""
    rng = np.random.default_rng(2)
    scene = sample_scene(rng)
    tokenizer = build_tokenizer()
    model = build_segmenter(TOY, len(tokenizer), seed=1)
    shard, owners = Shard(render(scene, 64)[None], [scene]), owners_of(scene, 64)[None]
    batch = make_batch(shard, owners, np.arange(1), tokenizer, rng, 3, 4)
    states = look(model.clip.vision_model, batch.whole.pixels)
    logits = answer(model, states, ask(model, batch.ids, batch.attended))
    assert logits.abs().max() < 10
    sum(mask_losses(logits, batch.truth).values()).backward()  # type: ignore[union-attr]
    idle = {n for n, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum()}
    unused = ("visual_projection", "logit_scale", "post_layernorm", "k_proj.bias")
    assert not [name for name in idle if not any(part in name for part in unused)]


@torch.no_grad()
def test_a_led_decoder_begins_with_the_cosine_of_patch_and_phrase() -> None:
    """The sum of its channels after FiLM follows the cosine that the towers were aligned by.

    A decoder as wide as the shared space loses nothing to the rotation into it.
    """
    tokenizer = build_tokenizer()
    size = replace(BUNDLED, reduced=BUNDLED.shared)
    model = build_segmenter(size, len(tokenizer), seed=1)
    pixels = torch.rand(2, 3, 256, 256, generator=torch.Generator().manual_seed(2)) * 2 - 1
    said = ["the red circle", "a boat", "all blue stars", "the word"]
    inputs = tokenizer(said, padding=True, return_tensors="pt")
    last = look(model.clip.vision_model, pixels)[-1]
    asked = ask(model, inputs["input_ids"], inputs["attention_mask"])
    lead_decoder(model, last, asked, seed=3)
    decoder, clip = model.decoder, model.clip
    led = decoder.film_mul(asked)[:, None] * decoder.reduces[0](last[0, 1:])[None]
    assert torch.equal(decoder.film_add(asked), torch.zeros(4, size.reduced))
    patches = clip.visual_projection(clip.vision_model.post_layernorm(last[0, 1:]))
    cosines = torch.cosine_similarity(asked[:, None], patches[None], dim=-1)
    together = torch.corrcoef(torch.stack([led.sum(-1).flatten(), cosines.flatten()]))[0, 1]
    assert together > 0.98


@torch.no_grad()
def test_alignment_is_told_from_cosines() -> None:
    """Patches that point where their phrase points cost least; turned round, they cost most."""
    tokenizer = build_tokenizer()
    model = build_segmenter(TOY, len(tokenizer), seed=1)
    asked = torch.randn(1, 32, generator=torch.Generator().manual_seed(4))
    truth = torch.zeros(1, 64, 64)
    truth[:, :, :32] = 1  # the left half: patch columns 0 and 1 of 4
    model.clip.visual_projection = torch.nn.Identity()
    model.clip.vision_model.post_layernorm = torch.nn.Identity()
    inside = truth[:, ::16, ::16].flatten(1)[..., None] > 0
    right = torch.where(inside, asked[:, None], -asked[:, None])
    last = torch.cat([torch.zeros(1, 1, 32), right], dim=1)
    scale = model.clip.logit_scale.exp()
    best = float(alignment_loss(model, last, asked, truth))
    expected = (torch.log1p(torch.exp(-0.4 * scale)) + torch.log1p(torch.exp(-1.6 * scale))) / 2
    assert best == pytest.approx(float(expected), rel=1e-4)
    assert float(alignment_loss(model, -last, asked, truth)) > 5


@torch.no_grad()
def test_words_are_told_from_a_phrase_that_points_at_them() -> None:
    """A phrase that is its word's own embedding costs next to nothing, another's costs much."""
    tokenizer = build_tokenizer()
    model = build_segmenter(TOY, len(tokenizer), seed=1)
    table = model.clip.text_model.embeddings.token_embedding.weight
    red, boat = tokenizer.convert_tokens_to_ids(["red", "boat"])
    ids = torch.tensor([[2, red, 3, 0]])
    model.clip.logit_scale.data.fill_(4.0)
    assert float(wording_loss(model, table[[red]], ids)) < 0.01
    assert float(wording_loss(model, table[[boat]], ids)) > 10


@pytest.mark.parametrize("wording", ["train", "test"])
def test_phrases_mean_what_they_say(wording: str) -> None:
    """Everything a phrase says holds of all that is meant, and of nothing else; an absent thing
    is not there; held-out pairs are never asked for."""
    rng = np.random.default_rng(8)
    for _ in range(40):
        scene = sample_scene(rng)
        owners = owners_of(scene, 64)
        drawn = masks(scene, 64)
        for one in asks(scene, rng, 6, wording=wording):  # type: ignore[arg-type]
            words = set(one.phrase.replace("grey", "gray").split())
            names = {n for n, t in THINGS.items() if words & {n, t.plural}}
            if names and one.kind not in ("word",):
                said = [p for p in scene.things if p.thing in names]
                said = [p for p in said if not words & COLOURS or p.colour in words]
                meant = [scene.things[i] for i in one.things]
                assert all(p in said for p in meant)
                if words <= COLOURS | names | {"the", "a", "an", "in", "all", "that", "is", "are"}:
                    assert meant == said
                assert not any((c, n) in HELD_OUT for c in words & COLOURS for n in names)
            mask = one.mask(owners, scene)
            if one.things:
                assert np.array_equal(mask, np.logical_or.reduce(drawn[list(one.things)]))
            if one.kind == "absent":
                assert not mask.any()


COLOURS = {
    "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white",
    "gray",
}  # fmt: skip


def test_overlap_is_intersection_over_union() -> None:
    """By hand: 2 of 4 pixels; two empty masks agree."""
    a = np.array([[1, 1, 1, 0]], bool)
    b = np.array([[0, 1, 1, 1]], bool)
    assert overlap(a, b) == 0.5
    assert overlap(a & ~a, b & ~b) == 1.0
    both = intersection_over_union(torch.tensor(a[None]), torch.tensor(b[None]))
    assert both.tolist() == [0.5]


def test_groups_take_turns_and_unseen_pairs_are_asked_for_in_theirs_only() -> None:
    """Every third trial holds a held-out pair and asks for just that; a number decides all."""
    assert make_trial(7) == make_trial(7) != make_trial(10)
    for number in range(15):
        trial = make_trial(number)
        pairs = {trial.scene.things[i].pair for one in trial.asked for i in one.things}
        if GROUPS[number % 3] == "unseen_pairs":
            assert pairs and pairs <= HELD_OUT
        else:
            assert not pairs & HELD_OUT


def test_a_mask_is_shown_on_its_picture() -> None:
    """Pixels of the mask change colour, the others stay."""
    picture = np.full((4, 4, 3), 100, np.uint8)
    mask = np.eye(4, dtype=bool)
    shown = tinted(picture, mask)
    assert (shown[~mask] == 100).all() and (shown[mask] == (177, 50, 177)).all()
    assert (picture == 100).all()


def test_the_bundled_size_fits_its_share_of_the_pack() -> None:
    """At most 20 MB in float16."""
    model = build_segmenter(BUNDLED, len(build_tokenizer()), seed=0)
    assert sum(p.numel() for p in model.parameters()) * 2 < 20_000_000


@pytest.mark.slow
def test_smoke_trains_resumes_exports_and_scores(tmp_path: Path) -> None:
    """The whole recipe at toy size; a second call goes on from the checkpoint."""
    from maquette.training.segmentation.__main__ import app

    for steps in (2, 3):
        result = CliRunner().invoke(app, ["smoke", "--work", str(tmp_path), "--steps", str(steps)])
        assert result.exit_code == 0, result.output
    told = [line[line.find('{"name"') :] for line in result.output.splitlines()]
    rows = [json.loads(line) for line in told if line.startswith("{")]
    assert rows[0]["name"] == "phrase_iou" and rows[0]["bar"] == 0.8
    names = {row["name"] for row in rows}
    assert {"phrase_iou.next_trials_phrases", *(f"phrase_iou.{g}" for g in GROUPS)} <= names
    assert json.loads((tmp_path / "segmentation" / "state.json").read_text())["step"] == 3
    assert (tmp_path / "pack" / "MANIFEST.json").is_file()


def test_the_limit_of_a_mask_costs_next_to_nothing() -> None:
    """Of 1,000 masks with an overlap of 0.9, five may be emptied: they cost 0.0045."""
    scores = np.concatenate([np.linspace(0.5, 0.9, 10), np.full(990, 0.97)])  # 0.044 apart
    assert chosen_limit(scores, np.full(1000, 0.9)) == 0.72
    assert chosen_limit(np.full(9, 0.6), np.full(9, 0.9)) == 0.6
