"""The recipe runs end to end at toy size, resumes exactly, and its pack loads and draws."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
import torch

from maquette.infra.manifest import MANIFEST_NAME
from maquette.model_servers.generation.layout_flow.layout import PlacedPhrase
from maquette.model_servers.generation.layout_flow.pipeline import LayoutFlowPipeline
from maquette.model_servers.generation.layout_flow.shown import (
    Shown,
    fill_hole,
    source_channels,
)
from maquette.model_servers.loading.model_files import check_files
from maquette.training.data.items import encode_pictures, hole_mask, make_item, read_items
from maquette.training.data.shards import read_shard
from maquette.training.generator import card, smoke
from maquette.training.pack.assemble import trained_pipeline
from maquette.training.pack.card import measured_anew
from maquette.training.recipes.components import TOY, build_tokenizer
from maquette.training.recipes.flow import FlowRecipe, drawn_times, encode_rows
from maquette.training.recipes.rows import TrainingRow
from maquette.training.recipes.runs.autoencoder import finished_autoencoder
from maquette.training.recipes.runs.flow import FlowRun
from maquette.training.recipes.wordbook import all_words
from maquette.training.recipes.wordings import Wording
from maquette.training.world.drawing.render import render

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished smoke run."""
    folder = tmp_path_factory.mktemp("smoke")
    smoke(folder, steps=2)
    return folder


@pytest.fixture(scope="module")
def pipeline(work: Path) -> LayoutFlowPipeline:
    """Its pack, loaded as a server loads it, with weights that are not all zero at the end."""
    loaded = LayoutFlowPipeline.from_pretrained(
        work / "pack", local_files_only=True, use_safetensors=True
    )
    torch.manual_seed(1)
    for layer in (loaded.transformer.modulate, loaded.transformer.to_velocity):
        torch.nn.init.normal_(layer.weight, std=0.1)
    loaded.set_progress_bar_config(disable=True)
    return loaded


def test_shard_holds_the_render_of_each_scene(work: Path) -> None:
    """Cached pixels equal a fresh render of the scene read back beside them."""
    shard = read_shard(work / "shard")
    assert np.array_equal(shard.pixels[7], render(shard.scenes[7]))


def test_items_are_normalised_and_whole(work: Path) -> None:
    """Channels have zero mean and unit deviation; a chunk read back says what was rendered."""
    cache = read_items(work / "items")
    rows = torch.stack([cache.latent(i) for i in range(len(cache.items))])
    assert torch.allclose(rows.mean((0, 2, 3)), torch.zeros(16), atol=2e-2)
    assert torch.allclose(rows.std((0, 2, 3)), torch.ones(16), atol=2e-2)
    rng = np.random.default_rng((2, 0))
    assert cache.items[0] == make_item(0, rng)
    with_hole = [item for item in cache.items if item.hole is not None]
    assert len(with_hole) == 4
    assert any(item.after is not None for item in cache.items)


def test_second_latents_are_of_the_edited_or_holed_picture(work: Path) -> None:
    """Encoding a fresh render of what an item says gives its stored latents."""
    cache = read_items(work / "items")
    model = finished_autoencoder(work, TOY.autoencoder_widths)
    for index, item in enumerate(cache.items[:8]):
        picture = render(item.scene)
        if item.after is not None:
            picture = render(item.after)
        elif item.hole is not None:
            picture = np.where(hole_mask(item.hole)[..., None], np.uint8(128), picture)
        fresh = encode_pictures(model, picture[None], torch.device("cpu"))[0]
        assert np.allclose(fresh, cache.second[index], atol=0.05)


def test_a_resumed_run_equals_an_unbroken_one(work: Path, tmp_path: Path) -> None:
    """Two steps, a checkpoint, and two more give the weights of four steps in one go."""
    cache = read_items(work / "items")

    def run(folder: Path) -> FlowRun:
        return FlowRun(folder, cache, torch.device("cpu"), TOY, FlowRecipe(batch=4))

    whole = run(tmp_path / "whole")
    list(whole.steps(0, lambda i: i / 4))
    first = run(tmp_path / "parts")
    steps = first.steps(0, lambda i: i / 4)
    next(steps), next(steps)
    first.save(2, 1.5)
    second = run(tmp_path / "parts")
    assert second.restore() == 2
    assert second.spent_s == 1.5
    list(second.steps(2, lambda i: i / 4))
    for name, tensor in whole.model.state_dict().items():
        assert torch.allclose(tensor, second.model.state_dict()[name], atol=1e-6), name
    for name, tensor in whole.average.module.state_dict().items():
        assert torch.allclose(tensor, second.average.module.state_dict()[name], atol=1e-6), name


def test_times_are_where_a_flat_scene_is_decided() -> None:
    """Logit-normal: shares of rows beyond a time are the normal distribution's; same seed, same."""
    recipe = FlowRecipe()

    def times(seed: int) -> torch.Tensor:
        return drawn_times(200_000, torch.Generator().manual_seed(seed), recipe)

    normal = NormalDist(recipe.time_mean, recipe.time_spread)
    for time in (0.1, 0.5, 0.85):
        beyond = 1 - normal.cdf(math.log(time / (1 - time)))
        assert float((times(0) > time).float().mean()) == pytest.approx(beyond, abs=0.004)
    assert torch.equal(times(3), times(3)) and not torch.equal(times(3), times(4))
    assert float((times(0) > 0.85).float().mean()) > 0.15, "the first three steps of twenty"


def test_manifest_lists_every_file_and_not_itself(work: Path) -> None:
    """Digests and sizes agree with a second way of computing them."""
    pack = work / "pack"
    manifest = json.loads((pack / MANIFEST_NAME).read_text())
    assert manifest["format"] == 1
    names = {p.relative_to(pack).as_posix() for p in pack.rglob("*") if p.is_file()}
    assert set(manifest["files"]) == names - {MANIFEST_NAME}
    for name, entry in manifest["files"].items():
        data = (pack / name).read_bytes()
        assert entry == {"sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}


def test_pack_holds_no_code_and_no_pickle(work: Path) -> None:
    """Only safetensors, JSON and the card are in a pack."""
    kinds = {p.suffix for p in (work / "pack").rglob("*") if p.is_file()}
    assert kinds == {".safetensors", ".json", ".md"}


def test_a_finished_pack_is_measured_again(work: Path, tmp_path: Path) -> None:
    """The card gets the new numbers and words, nothing else changes, and the manifest fits."""
    pack = tmp_path / "pack"
    shutil.copytree(work / "pack", pack)
    row = {"name": "one_thing", "value": 0.5, "low": 0.4, "high": 0.6, "n": 9, "bar": 0.9}
    scores, remarks = tmp_path / "pack.json", tmp_path / "seen.md"
    scores.write_text(json.dumps([{**row, "holds": False}]))
    remarks.write_text("All of it wavers.\n")
    card(scores, remarks, pack)
    check_files(pack, bundled=True)
    before, after = ((p / "MODEL_CARD.md").read_text() for p in (work / "pack", pack))
    assert "| one_thing | 0.500 | 0.400 to 0.600 | 9 | 0.90 | no |" in after
    assert "All of it wavers." in after and "Not looked at yet." not in after
    assert after.split("## Measured")[0] == before.split("## Measured")[0]
    assert after.split("## Repeat it")[1] == before.split("## Repeat it")[1]
    with pytest.raises(ValueError, match="no part that begins with"):
        measured_anew("# Another card", scores, remarks)


def test_loaded_weights_are_the_trained_ones(work: Path) -> None:
    """What comes back from the pack is float32 and equals the training's to half precision."""
    loaded = LayoutFlowPipeline.from_pretrained(
        work / "pack", local_files_only=True, use_safetensors=True
    )
    trained = trained_pipeline(work, TOY)
    for part in ("autoencoder", "transformer", "text_encoder", "layout_prior"):
        theirs = getattr(trained, part).state_dict()
        for name, tensor in getattr(loaded, part).state_dict().items():
            assert tensor.dtype == torch.float32
            assert torch.allclose(tensor, theirs[name], atol=1e-3), name
    cache = read_items(work / "items")
    assert torch.allclose(loaded.autoencoder.scale.flatten(), torch.tensor(cache.std))


def test_same_seed_same_picture(pipeline: LayoutFlowPipeline) -> None:
    """A request drawn twice gives equal bytes; another seed gives another picture."""
    boxes = [PlacedPhrase((0.1, 0.1, 0.5, 0.5), "red circle")]

    def draw(seed: int) -> np.ndarray:
        return pipeline("a red circle", boxes, 3, seeds=seed, output_type="np").images

    assert np.array_equal(draw(3), draw(3))
    assert not np.array_equal(draw(3), draw(4))
    assert draw(3).shape == (1, 256, 256, 3)


def test_a_row_does_not_depend_on_its_company(pipeline: LayoutFlowPipeline) -> None:
    """A row drawn alone and in a batch of three differs by rounding only."""
    prompts = ["a red circle", "", "two blue stars above a green house on a mint background"]
    layouts = [[PlacedPhrase((0.1, 0.1, 0.5, 0.5), "red circle")], [], []]
    together = pipeline(prompts, layouts, 3, seeds=[1, 2, 3], output_type="pt").images
    for i in range(3):
        alone = pipeline(prompts[i], layouts[i], 3, seeds=[i + 1], output_type="pt").images
        assert torch.allclose(together[i], alone[0], atol=1e-3)


def test_mixed_times_in_one_batch(pipeline: LayoutFlowPipeline) -> None:
    """Velocities of rows at different times equal those computed one by one."""
    cond = pipeline.encode(["a red star", "a blue fish"], [[], []])
    latents, t = pipeline.noise([1, 2]), torch.tensor([1.0, 0.4])
    both = pipeline.velocity(latents, t, cond)
    for i in range(2):
        one = pipeline.velocity(latents[i : i + 1], t[i : i + 1], cond.select([i]))
        assert torch.allclose(both[i], one[0], atol=1e-4)


def test_image_round_trip_shapes_and_refusal(pipeline: LayoutFlowPipeline) -> None:
    """Pictures become latents of the pipeline's shape; other sizes are refused."""
    latents = pipeline.encode_image(torch.rand(2, 3, 256, 256))
    assert latents.shape == (2, *pipeline.latent_shape)
    decoded = pipeline.decode(latents)
    assert decoded.shape == (2, 3, pipeline.output_size_px, pipeline.output_size_px)
    assert decoded.min() >= 0
    assert decoded.max() <= 1
    with pytest.raises(ValueError, match="128, 128"):
        pipeline.encode_image(torch.rand(1, 3, 128, 128))


def test_training_and_serving_encode_alike(pipeline: LayoutFlowPipeline) -> None:
    """The recipe's batched encoding equals the pipeline's for every port."""
    boxes = ((0.1, 0.1, 0.4, 0.5), (0.3, 0.3, 0.9, 0.8))
    torch.manual_seed(4)
    torch.nn.init.normal_(pipeline.transformer.concepts.paint.weight, std=0.1)
    source, hole = torch.rand(3, 256, 256), torch.zeros(256, 256)
    hole[64:200, 32:90] = 1
    ink = (torch.rand(256, 256) > 0.9).float() * hole
    things = [(torch.rand(64, 64, 3) * 255).byte().numpy() for _ in range(2)]
    shown = [
        Shown(glyphs=ink),
        Shown(source=source),
        Shown(concepts=tuple(torch.from_numpy(t).permute(2, 0, 1) / 255 for t in things)),
        Shown(source=source, hole=hole),
    ]
    wordings = [
        Wording("a red star over a fish", ("red star", "fish"), boxes),
        Wording("", (), ()),
        Wording("the shown thing", ("the shown thing", "the second shown thing"), boxes),
        Wording("one house", ("the big house",), boxes[:1]),
    ]
    layouts = [
        [PlacedPhrase(b, p) for b, p in zip(w.boxes, w.phrases, strict=True)] for w in wordings
    ]
    filled = fill_hole(source[None], hole[None])
    rows = [
        TrainingRow("t2i", wordings[0], torch.zeros(1), (), ink=ink.numpy()),
        TrainingRow(
            "edit",
            wordings[1],
            torch.zeros(1),
            (),
            source_channels(pipeline.encode_image(source[None]), None)[0],
        ),
        TrainingRow("concept", wordings[2], torch.zeros(1), (), concepts=tuple(things)),
        TrainingRow(
            "inpaint",
            wordings[3],
            torch.zeros(1),
            (),
            source_channels(pipeline.encode_image(filled), hole[None])[0],
        ),
    ]
    served = pipeline.encode([w.caption for w in wordings], layouts, shown)
    models = {"transformer": pipeline.transformer, "text_encoder": pipeline.text_encoder}
    with torch.no_grad():
        trained = encode_rows(rows, models, pipeline.tokenizer, 16, torch.device("cpu"))
    length = trained.text_mask.shape[1]
    mask = trained.text_mask
    assert torch.equal(served.text_mask[:, :length], mask)
    assert torch.allclose(
        served.text_states[:, :length][mask], trained.text_states[mask], atol=1e-4
    )
    assert torch.allclose(served.layout_map, trained.layout_map, atol=1e-4)
    for name in ("source", "glyphs", "concepts", "concept_weights"):
        ours, theirs = getattr(trained.ports, name), getattr(served.ports, name)
        assert ours is not None
        assert torch.allclose(ours, theirs, atol=1e-4), name


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"prompt": "a"}, "neither seeds nor generator"),
        ({"prompt": ["a", "b"], "seeds": [1]}, "1 seeds for 2 prompts"),
        ({"prompt": ["a", "b"], "layout": [[]], "seeds": 1}, "2 prompts but 1 layouts"),
    ],
)
def test_bad_requests_say_what_is_wrong(
    pipeline: LayoutFlowPipeline, arguments: dict, message: str
) -> None:
    """Missing randomness and unequal lists are refused with the numbers."""
    with pytest.raises(ValueError, match=message):
        pipeline(**arguments)


def test_tokenizer_is_case_blind_and_knows_when_it_does_not_know() -> None:
    """Case does not matter, unknown words are marked, and every text has a start token."""
    tokenizer = build_tokenizer(all_words())
    assert tokenizer("Red STAR")["input_ids"] == tokenizer("red star")["input_ids"]
    assert tokenizer.unk_token_id in tokenizer("a crimson star")["input_ids"]
    assert tokenizer("")["input_ids"] == [tokenizer.cls_token_id]
