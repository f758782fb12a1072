"""The recipe of the model that sees: true lessons, packed turns, resuming, a loadable pack."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from maquette.infra.manifest import verify_directory
from maquette.model_servers.understanding.backends.llava import Llava
from maquette.training.data.shards import read_shard
from maquette.training.evaluation.results import measure
from maquette.training.evaluation.rows import Bench, known_rows
from maquette.training.understanding.__main__ import card, smoke
from maquette.training.understanding.components import TOY, build_seer, build_tokenizer, spell
from maquette.training.understanding.run import SeerRecipe, SeerRun
from maquette.training.understanding.turns import Talker, Turn, pack
from maquette.training.understanding.wordbook import known_words
from maquette.training.vision.owners import owners_of, read_owners
from maquette.training.vision.patches import CLASSES, IGNORED, lessons
from maquette.training.world.colours import COLOURS
from maquette.training.world.drawing.background import plain
from maquette.training.world.scene import Placed, Scene
from maquette.training.world.things import THINGS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished smoke run."""
    folder = tmp_path_factory.mktemp("smoke")
    smoke(folder, steps=2)
    return folder


def test_the_pack_is_whole_and_speaks(work: Path) -> None:
    """What was exported matches its manifest and loads by the served class."""
    verify_directory(work / "pack")
    assert "not measured yet" in (work / "pack" / "MODEL_CARD.md").read_text()
    model = Llava(work / "pack")
    assert model.picture_tokens == 16
    model.score(None, "is there a star?", ["yes", "no"])


def test_new_measures_go_onto_the_card_of_a_finished_pack(work: Path, tmp_path: Path) -> None:
    """The card keeps what it said of the model, tells stored rows, and the manifest names it."""
    finished = Path(shutil.copytree(work / "pack", tmp_path / "pack"))
    bench = Bench.of_pack("understanding", finished)
    (spec,) = known_rows(["caption_facts"])
    row = measure(bench, spec, 2, tmp_path / "measured")
    before = (finished / "MODEL_CARD.md").read_text()
    card(tmp_path / "measured", finished)
    after = (finished / "MODEL_CARD.md").read_text()
    verify_directory(finished)
    head, _, interim = before.partition("## Measured")
    assert after.startswith(head) and interim not in after
    assert f"| caption_facts | {row.value:.3f} |" in after and "caption_facts.relation" in after


def test_a_resumed_run_equals_an_unbroken_one(work: Path, tmp_path: Path) -> None:
    """Two steps, a checkpoint, and one more give the weights of three steps in one go."""
    shard = read_shard(work / "shard")
    owner = read_owners(work / "owners")

    def run(folder: Path) -> SeerRun:
        recipe = SeerRecipe(batch=2)
        return SeerRun(folder, shard, owner, torch.device("cpu"), TOY, recipe)

    whole = run(tmp_path / "whole")
    list(whole.steps(0, lambda i: i / 3))
    first = run(tmp_path / "parts")
    steps = first.steps(0, lambda i: i / 3)
    next(steps), next(steps)
    first.save(2, 1.5)
    second = run(tmp_path / "parts")
    assert second.restore() == 2 and second.spent_s == 1.5
    list(second.steps(2, lambda i: i / 3))
    for name, tensor in whole.model.state_dict().items():
        assert torch.equal(tensor, second.model.state_dict()[name]), name


def test_packed_turns_are_what_single_ones_are() -> None:
    """A turn's logits in a packed row equal those of the same turn alone, seen or blind."""
    tokenizer = build_tokenizer(known_words())
    talker = Talker(tokenizer)
    model = build_seer(TOY, tokenizer, seed=1).eval()
    question = talker.prompt("is there a red star?")
    answer = (*talker.prompt("yes"), talker.end)
    turns = [
        Turn("long", talker.prompt("describe"), answer),
        Turn("exists", question, answer),
        Turn("exists", question, answer, blind=True),
    ]
    pictures = TOY.tower.grid**2
    packed = pack([turns], talker, pictures, 1 + pictures + 60)
    pixels = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        found = model(
            input_ids=packed.ids,
            pixel_values=pixels,
            attention_mask=packed.mask,
            position_ids=packed.positions,
        ).logits[0]
        seen = torch.tensor([[talker.start, *[talker.picture] * pictures, *question, *answer]])
        alone = model(input_ids=seen, pixel_values=pixels).logits[0, 1 + pictures :]
        blind = model(input_ids=torch.tensor([[talker.start, *question, *answer]])).logits[0, 1:]
    start = 1 + pictures + len(turns[0].prompt) + len(answer)
    size = len(question) + len(answer)
    assert torch.allclose(found[start : start + size], alone, atol=1e-4)
    assert torch.allclose(found[start + size : start + 2 * size], blind, atol=1e-4)
    told = packed.targets[0, start + len(question) - 1 : start + size - 1]
    assert tuple(told.tolist()) == answer
    assert int((packed.targets != IGNORED).sum()) == 3 * len(answer)


def test_printed_words_are_spelled_and_read_back() -> None:
    """A word never seen in training has letters of its own, joined again in what is said."""
    tokenizer = build_tokenizer(known_words())
    ids = tokenizer.convert_tokens_to_ids(spell("Juggle"))
    assert tokenizer.unk_token_id not in ids and len(ids) == 6
    assert tokenizer.decode(ids) == "juggle"


def test_each_patch_is_told_what_it_shows() -> None:
    """A thing's patches carry its name and colour, and the way to its centre is exact."""
    scene = Scene((Placed("square", "red", (0.25, 0.5, 0.5, 0.75)),), plain("cream"))
    owner = owners_of(scene, 16).astype(np.int8) - 1
    expected = np.full((16, 16), -1)
    expected[8:12, 4:8] = 0
    assert np.array_equal(owner, expected)
    answers, geometry = lessons(scene, owner)
    assert set(answers) == set(CLASSES)
    assert answers["thing"][9, 5] == 1 + list(THINGS).index("square")
    assert answers["colour"][9, 5] == list(COLOURS).index("red")
    assert answers["colour"][0, 0] == IGNORED and answers["thing"][0, 0] == 0
    assert answers["centre"].sum() == 1 and answers["centre"][10, 6] == 1
    x, y, width, height = geometry[:, 9, 5]
    assert (x, y) == pytest.approx((0.375 - 5.5 / 16, 0.625 - 9.5 / 16))
    assert (width, height) == pytest.approx((0.25, 0.25))
    assert np.isnan(geometry[:, 0, 0]).all()
