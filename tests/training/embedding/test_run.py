"""Recipes of the dual encoder and the guard: true negatives, sound losses, resumable runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from maquette.model_servers.embedding.backends.dual_encoder import DualEncoder
from maquette.model_servers.guard.guard import Guard
from maquette.training.data.shards import read_shard, write_shard
from maquette.training.embedding.batches import contents
from maquette.training.embedding.card import model_card
from maquette.training.embedding.components import BUNDLED, TOY, build_dual_encoder, build_tokenizer
from maquette.training.embedding.export import MAX_BYTES, export_pack, trained_encoder
from maquette.training.embedding.losses import contrastive
from maquette.training.embedding.negatives import FACTS, captions_of, change_one_fact
from maquette.training.embedding.run import EmbeddingRecipe, EmbeddingRun
from maquette.training.embedding.score import OF, retrieval_set
from maquette.training.evaluation.rows import Bench, Row, measure_rows
from maquette.training.guard.examples.augment import augment
from maquette.training.guard.examples.outsiders import FAMILIES, outsiders
from maquette.training.recipes.driver import follow
from maquette.training.vision.owners import read_owners, write_owners
from maquette.training.world.drawing.render import render
from maquette.training.world.sample import sample_scene
from maquette.training.world.split import HELD_OUT


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("embedding")
    write_shard(folder / "shard", 24, seed=7, size_px=TOY.tower.image_px, workers=1)
    scenes = read_shard(folder / "shard").scenes
    write_owners(folder / "owners", scenes, TOY.tower.image_px, workers=1)
    return folder


def run(work: Path, name: str = "one") -> EmbeddingRun:
    shard, owners = read_shard(work / "shard"), read_owners(work / "owners")
    return EmbeddingRun(
        work / name, shard, owners, torch.device("cpu"), TOY, EmbeddingRecipe(batch=4)
    )


def test_one_fact_changes_and_no_held_out_pair_comes_in() -> None:
    """Each change touches what it names, and brings in no pair that is kept from training."""
    rng = np.random.default_rng(1)
    changed_facts = set()
    for _ in range(60):
        scene = sample_scene(rng)
        for fact in FACTS:
            other = change_one_fact(scene, fact, rng)
            if other is None:
                continue
            changed_facts.add(fact)
            assert not {placed.pair for placed in other.things} & HELD_OUT
            assert other.background == scene.background and other != scene
            same = sum(a in scene.things for a in other.things)
            least = len(scene.things) - (2 if fact == "relation" else 1)
            assert same >= least
    assert changed_facts == set(FACTS)


def test_false_captions_are_other_captions() -> None:
    """A caption that is false in a fact reads differently; most scenes have one."""
    rng = np.random.default_rng(2)
    pairs = [captions_of(sample_scene(rng), rng) for _ in range(60)]
    assert all(false != true for true, false in pairs)
    assert sum(false is not None for _, false in pairs) > 50


def test_the_loss_is_that_of_cross_entropy() -> None:
    """With orthogonal pairs and far negatives the loss follows from the softmax by hand."""
    eye = torch.eye(3)
    scale = torch.tensor(2.0)
    own = torch.eye(3, dtype=torch.bool)
    losses = contrastive(eye, eye, -eye, own, scale)
    e = float(scale.exp())
    texts = np.log(np.exp(e) + 2 + 2 + np.exp(-e)) - e
    pictures = np.log(np.exp(e) + 2) - e
    assert float(losses["image_to_text"]) == pytest.approx(texts / 2, rel=1e-4)
    assert float(losses["text_to_image"]) == pytest.approx(pictures / 2, rel=1e-4)


def test_equal_scenes_do_not_push_each_other_away() -> None:
    """A caption that is as true of another picture of the batch is no negative there."""
    eye = torch.eye(2)
    alike = torch.ones(2, 2, dtype=torch.bool)
    losses = contrastive(eye, eye, -eye, alike, torch.tensor(1.0))
    assert float(losses["text_to_image"]) == pytest.approx(0.0, abs=1e-5)


@pytest.mark.slow
def test_training_goes_on_where_it_stopped(work: Path) -> None:
    """Two steps and two more give the weights of four in one go."""
    follow(run(work, "whole"), work / "whole", None, 4, [])
    # The rate follows the share done, so the halves are told the same length.
    first = run(work, "halves")
    for step in first.steps(0, lambda i: i / 4 if i < 2 else 1.0):
        last = step.index
    first.save(last + 1, 1.0)
    second = run(work, "halves")
    assert second.restore() == 2
    for step in second.steps(2, lambda i: i / 4):
        last = step.index
    whole = run(work, "whole")
    assert whole.restore() == 4
    for a, b in zip(whole.parameters, second.parameters, strict=True):
        assert torch.allclose(a, b, atol=1e-6)


def test_an_exported_encoder_serves(work: Path) -> None:
    """What was trained is loaded by the class that serves it, and its card says unmeasured."""
    follow(run(work, "export"), work / "export", None, 2, [])
    card = model_card([], work / "export")
    pack = export_pack(trained_encoder(work / "export", TOY), work / "pack", card)
    assert len(DualEncoder(pack).embed_caption("a red circle")) == TOY.shared
    assert "Not measured yet" in (pack / "MODEL_CARD.md").read_text()


def test_the_bundled_size_fits_its_pack() -> None:
    """Float16 weights of the bundled size leave room below the limit, with 5 to 8 million."""
    model = build_dual_encoder(BUNDLED, len(build_tokenizer()), 0)
    parameters = sum(p.numel() for p in model.parameters())
    assert 5e6 < parameters < 8e6 and 2 * parameters < MAX_BYTES - 500_000


class Knowing:
    """A dual encoder that knows the first set by heart, but gives the third picture, and those
    after it, the caption of the next."""

    def __init__(self) -> None:
        scenes, texts = retrieval_set(930_000)
        self.pictures = {render(scene).tobytes(): k for k, scene in enumerate(scenes)}
        self.texts = {text: k for k, text in enumerate(texts)}

    def embed_picture(self, picture: Image.Image) -> tuple[float, ...]:
        number = self.pictures[np.asarray(picture).tobytes()]
        return _unit(number if number < 2 else number + 1)

    def embed_caption(self, text: str) -> tuple[float, ...]:
        return _unit(self.texts.get(text, 5))


def _unit(at: int) -> tuple[float, ...]:
    return tuple(float(k == at) for k in range(OF))


@pytest.mark.slow
def test_recall_counts_both_directions_and_the_weaker_is_the_row(tmp_path: Path) -> None:
    """Two of three pictures find their captions and are found; the third finds the next one's."""
    bench = Bench(tmp_path, tmp_path)
    bench.once("embedding", Knowing)
    rows = {row.name: row for row in measure_rows(bench, ["retrieval_r1"], 3)}
    assert rows["retrieval_r1.image_to_text"].value == pytest.approx(2 / 3)
    assert rows["retrieval_r1"].value == rows["retrieval_r1.text_to_image"].value
    assert rows["retrieval_r1"].value == pytest.approx(2 / 3)
    assert rows["retrieval_r1.captions_of_other_pictures"].value == pytest.approx(1 / 3)


def test_a_missed_bar_is_told_on_the_card(tmp_path: Path) -> None:
    """What falls short is said in words."""
    missed = Row("retrieval_r1", 0.7, 0.6, 0.8, 100, 0.8)
    assert missed.holds is False
    assert "below its bar" in model_card([missed], tmp_path)


def test_retrieval_scenes_are_told_apart() -> None:
    """No two scenes of a set hold the same things, so that each caption has one answer."""
    scenes, texts = retrieval_set(1, of=40)
    assert len({contents(scene) for scene in scenes}) == len(texts) == 40
    assert retrieval_set(1, of=40, wording="test")[1] != texts


@pytest.mark.slow
def test_kinds_of_outsiders_are_split() -> None:
    """No kind is in both sets; each draws what its seed says, and no two draw alike."""
    names = {split: {family.__name__ for family in found} for split, found in FAMILIES.items()}
    assert not names["train"] & names["test"]
    for split in ("train", "test"):
        count = len(FAMILIES[split])
        first, again = outsiders(3, count, split), outsiders(3, count, split)
        assert {kind for kind, _ in first} == names[split]
        for (_, a), (_, b) in zip(first, again, strict=True):
            assert a.shape == (256, 256, 3) and a.dtype == np.uint8 and np.array_equal(a, b)
        assert len({a.tobytes() for _, a in first}) == count


def test_what_happens_on_the_way_keeps_the_picture() -> None:
    """Blur, scaling, compression and noise leave a picture near what it was."""
    rng = np.random.default_rng(4)
    flat = np.full((128, 128, 3), (200, 120, 40), np.uint8)
    for _ in range(25):
        treated = np.asarray(augment(flat, rng), np.int16)
        assert np.abs(treated.mean((0, 1)) - flat.mean((0, 1))).max() < 25


@pytest.mark.slow
def test_the_guard_recipe_runs_and_goes_on(tmp_path: Path) -> None:
    """A toy guard trains, resumes, sets its limits and serves."""
    from maquette.training.guard.export import export_pack as export_guard
    from maquette.training.guard.export import set_limits, trained_guard
    from maquette.training.guard.run import GuardRecipe, GuardRun
    from maquette.training.vision.tower import TOY as TOY_TOWER

    rng = np.random.default_rng(5)
    world = np.repeat(rng.integers(0, 255, (16, 1, 1, 3), np.uint8), 64, 1).repeat(64, 2)
    outside = rng.integers(0, 255, (16, 64, 64, 3), np.uint8)

    def make() -> GuardRun:
        recipe = GuardRecipe(batch=8)
        return GuardRun(tmp_path, world, outside, torch.device("cpu"), recipe, TOY_TOWER)

    follow(make(), tmp_path, None, 3, [])
    assert make().restore() == 3
    follow(make(), tmp_path, None, 30, [])
    model = trained_guard(tmp_path, TOY_TOWER)
    config = set_limits(model, world, outside)
    guard = Guard(export_guard(model, config, tmp_path / "pack", "#\n"))
    assert guard.judge(Image.fromarray(outside[0])).in_world is False
    assert {"circle", "red"} <= guard._known
