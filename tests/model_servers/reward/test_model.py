"""SkipCA, the heads and the mixed batch, by their laws."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from peft import LoraConfig
from pydantic import ValidationError
from reward_models import HEADS, excite, tiny_backbone, tiny_lora
from transformers import AutoTokenizer, LlavaForConditionalGeneration

from maquette.model_servers.reward.directory import PerspectiveConfig
from maquette.model_servers.reward.heads import HeadKind
from maquette.model_servers.reward.model import RewardModel
from maquette.model_servers.reward.preference import advantage, preference
from maquette.model_servers.reward.rows import RowWriter, TokenRows, padded
from maquette.model_servers.reward.skip_attention import RmsNorm, SkipAttention
from maquette.records.errors import InvalidInput

EOS, IMAGE, VISUAL = 3, 4, 16


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> RewardModel:
    home = tiny_backbone(tmp_path_factory.mktemp("backbone"))
    model = RewardModel(LlavaForConditionalGeneration.from_pretrained(home))
    for name, kind in HEADS.items():
        model.add(name, tiny_lora(), kind)
    return excite(model).eval()


@pytest.fixture(scope="module")
def seen(model: RewardModel) -> torch.Tensor:
    """What the tower sees of four random pictures."""
    torch.manual_seed(5)
    with torch.inference_mode():
        return model.look(torch.randn(4, 3, 32, 32))


def tokens(*captions: list[int], length: int = 0) -> TokenRows:
    rows = [[2, *[IMAGE] * VISUAL, *words, EOS] for words in captions]
    return padded(rows, [1 + VISUAL] * len(rows), length)


def skip(width: int = 8) -> SkipAttention:
    torch.manual_seed(1)
    layer = SkipAttention(width)
    for linear in (layer.W_q, layer.W_k, layer.W_v):
        torch.nn.init.normal_(linear.weight, std=0.5)
    torch.nn.init.normal_(layer.ca_layernorm.weight, mean=1.0, std=0.2)
    return layer


def test_without_values_only_the_norm_is_left() -> None:
    """With Wv = 0, SkipCA is RMSNorm(H), by torch's own RMSNorm."""
    layer = skip()
    torch.nn.init.zeros_(layer.W_v.weight)
    states = torch.randn(2, 5, 8)
    mask = torch.ones(2, 7, dtype=torch.bool)
    expected = torch.nn.functional.rms_norm(states, (8,), layer.ca_layernorm.weight, eps=1e-5)
    assert torch.allclose(layer(states, torch.randn(2, 7, 8), mask), expected, atol=1e-6)
    assert torch.allclose(RmsNorm(8)(states), torch.nn.functional.rms_norm(states, (8,), eps=1e-5))


def test_skip_attention_is_scaled_dot_product_attention() -> None:
    """Before the norm it equals torch's own attention with the same mask."""
    layer = skip()
    states, visual = torch.randn(2, 3, 8), torch.randn(2, 7, 8)
    mask = torch.arange(7)[None] < torch.tensor([[7], [4]])
    found = torch.nn.functional.scaled_dot_product_attention(
        layer.W_q(states), layer.W_k(visual), layer.W_v(visual), attn_mask=mask[:, None]
    )
    expected = layer.ca_layernorm(states + found)
    assert torch.allclose(layer(states, visual, mask), expected, atol=1e-5)


@settings(max_examples=30)
@given(st.permutations(range(6)), st.integers(1, 6))
def test_order_of_visual_tokens_does_not_matter(order: list[int], count: int) -> None:
    """Permuting visual tokens together with their mask leaves the result unchanged."""
    layer = skip()
    torch.manual_seed(9)
    states, visual = torch.randn(1, 2, 8), torch.randn(1, 6, 8)
    mask = torch.arange(6)[None] < count
    before = layer(states, visual, mask)
    after = layer(states, visual[:, order], mask[:, order])
    assert torch.allclose(before, after, atol=1e-5)


def test_padded_visual_tokens_are_not_seen() -> None:
    """Whatever stands in a masked place changes nothing; in an unmasked one it does."""
    layer = skip()
    states, visual = torch.randn(1, 2, 8), torch.randn(1, 5, 8)
    longer = torch.cat([visual, 1e3 * torch.randn(1, 3, 8)], dim=1)
    mask = torch.arange(8)[None] < 5
    alone = layer(states, visual, mask[:, :5])
    assert torch.allclose(layer(states, longer, mask), alone, atol=1e-5)
    assert not torch.allclose(layer(states, longer, torch.ones_like(mask)), alone, atol=1e-2)


@torch.inference_mode()
def test_only_the_picture_changes_the_reward(model: RewardModel, seen: torch.Tensor) -> None:
    """The same words on another picture get another reward, even through SkipCA alone."""
    rows = tokens([8, 9], [8, 9])
    a, b = model(seen[:2], rows, ["alignment"] * 2)
    assert (a - b).abs() > 1e-3
    part = model.perspectives["alignment"]
    states, mask = torch.randn(1, 32), torch.ones(1, VISUAL, dtype=torch.bool)
    visual = part.multi_modal_projector(seen)
    blind = part.read(states, visual[:1], mask), part.read(states, visual[1:2], mask)
    assert (blind[0] - blind[1]).abs().max() > 1e-3


@torch.inference_mode()
def test_padding_the_batch_changes_nothing(model: RewardModel, seen: torch.Tensor) -> None:
    """A row alone, beside a longer one, or with more padding gets the same reward."""
    (alone,) = model(seen[:1], tokens([8, 9]), ["alignment"])
    beside, _ = model(seen[:2], tokens([8, 9], [8, 9, 10, 11, 12, 13]), ["alignment"] * 2)
    (padded_row,) = model(seen[:1], tokens([8, 9], length=60), ["alignment"])
    assert torch.allclose(alone, beside, atol=1e-5)
    assert torch.allclose(alone, padded_row, atol=1e-5)


@torch.inference_mode()
def test_mixed_perspectives_equal_one_by_one(model: RewardModel, seen: torch.Tensor) -> None:
    """Rows of all perspectives in one batch, in any order, get what they get alone."""
    names = ["policy", "alignment", "fidelity", "alignment", "policy"]
    captions = [[8, 9], [10], [8, 9, 10, 11], [12], [13, 9]]
    pictures = [0, 1, 2, 3, 0]
    together = model(seen[pictures], tokens(*captions), names)
    for k, name in enumerate(names):
        (alone,) = model(seen[pictures[k]][None], tokens(captions[k]), [name])
        assert alone.shape == (HEADS[name].numbers,)
        assert torch.allclose(together[k], alone, atol=1e-5), name
    (other,) = model(seen[:1], tokens(captions[0]), ["alignment"])
    assert not torch.allclose(together[0], other, atol=1e-3)


@torch.inference_mode()
def test_lora_skip_head_and_projector_each_matter(model: RewardModel, seen: torch.Tensor) -> None:
    """A reward changes when any one of the four parts of its perspective changes."""
    rows, name = tokens([8, 9]), "alignment"
    (before,) = model(seen[:1], rows, [name])
    for marker in ("lora_B", "W_v", "value_head", "multi_modal_projector.linear_2.weight"):
        part = next(p for key, p in model.parameters_of(name).items() if marker in key)
        kept = part.clone()
        part.mul_(1.5)
        (after,) = model(seen[:1], rows, [name])
        part.copy_(kept)
        assert (after - before).abs() > 1e-4, marker


@torch.inference_mode()
def test_likelihood_is_what_the_backbone_itself_says(tmp_path: Path) -> None:
    """With every word's weight at one, the term is the sum of log p(word) by transformers' own
    forward pass of picture and words, question and ending left out; at first it is nothing."""
    home = tiny_backbone(tmp_path)
    backbone = LlavaForConditionalGeneration.from_pretrained(home).eval()
    model = RewardModel(LlavaForConditionalGeneration.from_pretrained(home))
    part = model.add(
        "text", LoraConfig(target_modules=["q_proj"]), HeadKind.BRADLEY_TERRY, likelihood=True
    )
    writer = RowWriter(
        AutoTokenizer.from_pretrained(home),
        image_id=IMAGE,
        visual_tokens=VISUAL,
        max_tokens=100,
        reply=True,
    )
    told = ("a red circle", "a blue circle left of a tree")
    rows = padded([writer.ids(caption) for caption in told], [writer.start] * 2)
    pixels = torch.randn(2, 3, 32, 32)
    before = torch.stack(model(model.look(pixels), rows, ["text"] * 2))
    torch.nn.init.ones_(part.likelihood.weigh.bias)  # type: ignore[union-attr]
    after = torch.stack(model(model.look(pixels), rows, ["text"] * 2))
    for k, caption in enumerate(told):
        alone = rows.ids[k : k + 1, : int(rows.ends[k]) + 1]
        logits = backbone(input_ids=alone, pixel_values=pixels[k : k + 1]).logits[0]
        words = range(alone.shape[1] - 1 - len(caption.split()), alone.shape[1] - 1)
        expected = sum(logits[place - 1].log_softmax(-1)[alone[0, place]] for place in words)
        assert torch.allclose(after[k] - before[k], expected, atol=1e-4)


def test_likelihood_needs_a_head_of_one_number() -> None:
    """There is no one direction in which it could move a general preference."""
    with pytest.raises(ValidationError, match="one number"):
        PerspectiveConfig(head=HeadKind.GENERAL_PREFERENCE, likelihood=True)


def test_training_a_perspective_leaves_the_rest(model: RewardModel) -> None:
    """The parameters of a perspective are its own: none of the tower, the backbone or another."""
    mine, others = set(model.parameters_of("alignment")), set(model.parameters_of("policy"))
    assert not [key for key in mine if "lora" in key and key in others]
    assert not [key for key in mine if "vision" in key or "base_layer" in key]
    assert sum("lora" in key for key in mine) == 2 * 2 * 2


@given(st.integers(0, 2**31 - 1))
@settings(max_examples=30)
def test_preferences_are_antisymmetric(seed: int) -> None:
    """P(a better) + P(b better) = 1, and nothing is better than itself, for every head."""
    torch.manual_seed(seed)
    for kind in HeadKind:
        a, b = torch.randn(4, kind.numbers), torch.randn(4, kind.numbers)
        assert torch.allclose(advantage(kind, a, b), -advantage(kind, b, a))
        assert torch.allclose(preference(kind, a, b) + preference(kind, b, a), torch.ones(4))
        assert torch.allclose(preference(kind, a, a), torch.full((4,), 0.5))


def test_long_captions_are_refused_not_cut(tmp_path: Path) -> None:
    """The reward is read at EOS: a caption that would push it out is the caller's to mend."""
    tokenizer = AutoTokenizer.from_pretrained(tiny_backbone(tmp_path))
    writer = RowWriter(tokenizer, image_id=IMAGE, visual_tokens=VISUAL, max_tokens=40)
    told = ("a red circle", "a <image> circle [EOS] here")
    rows = padded([writer.ids(caption) for caption in told], [writer.start] * 2)
    assert rows.ids.shape == rows.mask.shape and int((rows.ids == IMAGE).sum()) == 2 * VISUAL
    assert rows.ids[0, rows.ends[0]] == EOS and int((rows.ids == EOS).sum()) == 2 + int(
        (1 - rows.mask).sum()
    )
    with pytest.raises(InvalidInput, match="at most 40"):
        writer.ids("red " * 60)
