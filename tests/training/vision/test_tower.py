"""The tower's recipe: it computes what the class computes, and its lessons are true."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from maquette.training.data.shards import Shard, read_shard
from maquette.training.understanding.components import TOY as TOY_SEER
from maquette.training.understanding.components import build_tokenizer
from maquette.training.understanding.run import SeerRun
from maquette.training.understanding.wordbook import known_words
from maquette.training.vision.__main__ import app
from maquette.training.vision.closeups import close_ups, close_ups_of_words, in_patches, window
from maquette.training.vision.owners import owners_of, read_owners
from maquette.training.vision.patches import ALPHABET
from maquette.training.vision.run import TowerRecipe, TowerRun, trained_tower
from maquette.training.vision.tower import TOY, build_tower, look, waves
from maquette.training.world.drawing.background import plain
from maquette.training.world.drawing.render import render
from maquette.training.world.printed import PrintedWord
from maquette.training.world.scene import Placed, Scene
from maquette.training.world.things import THINGS


@torch.no_grad()
def test_a_look_is_the_class_s_forward() -> None:
    """States after each layer equal those of the shipped model; all places are the default."""
    tower = build_tower(TOY, seed=1)
    pixels = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(2)) * 2 - 1
    theirs = tower(pixels, output_hidden_states=True).hidden_states[1:]
    for mine in (look(tower, pixels), look(tower, pixels, torch.arange(16))):
        for a, b in zip(mine, theirs, strict=True):
            assert torch.allclose(a, b, atol=1e-5)


@torch.no_grad()
def test_attention_begins_near_by() -> None:
    """Before any training a patch of an even picture attends most to its own neighbourhood."""
    tower = build_tower(TOY, seed=1)
    tower.set_attn_implementation("eager")
    attention = tower(torch.zeros(1, 3, 64, 64), output_attentions=True).attentions[0]
    weights = attention[0].mean(0)[1:, 1:]  # 4 by 4 patches
    at = np.stack(np.unravel_index(np.arange(16), (4, 4)), axis=1)
    near = torch.from_numpy(np.abs(at[:, None] - at).max(-1) <= 1)
    share = (weights * near).sum(1) / weights.sum(1)
    assert float(share.mean()) > 1.2 * float(near.float().mean())


def test_positions_are_alike_as_far_as_they_are_near() -> None:
    """Waves have one length, and their products fall with the distance, alike in both ways."""
    found = waves(16, 64)
    alike = (found @ found.T).reshape(16, 16, 16, 16)
    assert torch.allclose(alike[3, 5, 3, 5], torch.tensor(32.0))
    assert alike[3, 5, 3, 5] > alike[3, 5, 3, 6] > alike[3, 5, 3, 8]
    assert torch.allclose(alike[3, 5, 3, 8], alike[5, 3, 8, 3])


def test_close_ups_show_what_they_say() -> None:
    """The outline in a close-up is the thing's own, and its pixels have the thing's colour."""
    scene = Scene((Placed("square", "red", (0.25, 0.5, 0.5, 0.75)),), plain("cream"))
    shard = Shard(render(scene, 256)[None], [scene])
    found = close_ups(
        shard, owners_of(scene, 256)[None], (0, 1), 5, 4, 16, np.random.default_rng(3)
    )
    assert found.truth[:, 0].tolist() == [list(THINGS).index("square")] * 5
    for pixels, outline in zip(found.pixels, found.outlines, strict=True):
        inside = outline.reshape(4, 4, 16, 16).permute(0, 2, 1, 3).reshape(64, 64) > 0
        assert 0.2 < float(inside.float().mean()) < 1
        red = pixels[:, inside]
        assert float(red.std(dim=1).max()) < 0.1 and float(red[0].mean()) > float(red[2].mean())
    assert torch.equal(found.covered, found.outlines.mean(-1) > 0.25)


def test_close_ups_of_words_say_which_letter_is_where() -> None:
    """Letters of a word, read off the patches from left to right, are in the word's order; of a
    word that fills the window each is there, and there is no ink where no letter is told."""
    word = PrintedWord("POND", "sans-bold", "black", (0.25, 0.45, 0.75, 0.55))
    scene = Scene((), plain("cream"), (word,))
    shard = Shard(render(scene, 256)[None], [scene])
    pixels, letters = close_ups_of_words(
        shard, np.zeros(1, int), 40, 8, 16, np.random.default_rng(3)
    )
    assert pixels.shape == (40, 3, 128, 128)
    seen = set()
    for row in range(40):
        both = torch.stack([letters["letter0"][row], letters["letter1"][row]], dim=-1)
        line = both.reshape(8, 16).max(0).values
        read = "".join(ALPHABET[k] for k in line.tolist() if k >= 0)
        kept = "".join(a for a, b in pairwise(f"{read} ") if a != b)
        assert kept in "pond" and kept
        seen.add(kept)
        inked = (pixels[row].mean(0) < 0)[:, 4::8].any(0)  # in the middle of each half patch
        assert not (inked & (line < 0)).any()
    assert "pond" in seen and len(seen) > 2


def test_patches_and_windows_are_cut_row_by_row() -> None:
    """Patch 1 lies right of patch 0, and a window keeps the order of the whole grid."""
    square = np.arange(16).reshape(4, 4)
    assert in_patches(square, 2)[1].tolist() == [2, 3, 6, 7]
    places = window(2, 3, np.random.default_rng(0))
    first = int(places[0])
    assert places.tolist() == [first, first + 1, first + 3, first + 4]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished smoke run."""
    folder = tmp_path_factory.mktemp("vision")
    result = CliRunner().invoke(app, ["smoke", "--work", str(folder)])
    assert result.exit_code == 0, result.output
    assert set(json.loads(result.stdout.splitlines()[-1])) == {
        "close_up_right",
        "thing_right",
        "letter_right",
    }
    return folder


def test_a_resumed_run_equals_an_unbroken_one(work: Path, tmp_path: Path) -> None:
    """Steps of close-ups, of words and of scenes, a checkpoint and one more: the same weights."""
    shard, owners = read_shard(work / "shard"), read_owners(work / "owners")

    def run(folder: Path) -> TowerRun:
        recipe = TowerRecipe(close_ups=3, window=2, close_steps=1, scenes=2)
        return TowerRun(folder, shard, owners, torch.device("cpu"), TOY, recipe)

    whole = run(tmp_path / "whole")
    assert [set(s.losses) for s in whole.steps(0, lambda i: i / 3)] == [
        {"close_up", "outline"},
        {"print"},
        {"scene", "outline"},
    ]
    first = run(tmp_path / "parts")
    steps = first.steps(0, lambda i: i / 3)
    next(steps), next(steps)
    first.save(2, 1.5)
    second = run(tmp_path / "parts")
    assert second.restore() == 2
    list(second.steps(2, lambda i: i / 3))
    for name, tensor in whole.model.state_dict().items():
        assert torch.equal(tensor, second.model.state_dict()[name]), name


def test_a_model_that_sees_begins_from_the_tower(work: Path, tmp_path: Path) -> None:
    """Its tower's weights are the trained ones, also when they are read back from its pack; an
    empty folder is refused, with the way out."""
    shard, owners = read_shard(work / "shard"), read_owners(work / "owners")
    start = trained_tower(work, TOY)
    run = SeerRun(tmp_path, shard, owners, torch.device("cpu"), TOY_SEER, start=start)
    for model in (run.model, run.average.module):
        found = model.model.vision_tower.state_dict()
        for name, tensor in start["tower"].state_dict().items():
            assert torch.equal(found[name], tensor), name
    with pytest.raises(FileNotFoundError, match="no trained tower"):
        trained_tower(tmp_path, TOY)
    run.model.save_pretrained(tmp_path)
    packed = trained_tower(tmp_path, TOY)["tower"].state_dict()
    for name, tensor in start["tower"].state_dict().items():
        assert torch.equal(packed[name], tensor), name
    assert len(build_tokenizer(known_words())) == run.model.config.text_config.vocab_size
