"""The domain guard: what it measures, what it says, and that it says it in every role's reply."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from maquette.model_servers.guard.guard import Guard, open_guard, small_pixels
from maquette.model_servers.guard.network import FEATURES, GuardNetwork
from maquette.model_servers.guard.statistics import NAMES, picture_statistics
from maquette.model_servers.guard.words import judge_words
from maquette.model_servers.schemas.guard import OUTSIDE, GuardVerdict
from maquette.records.errors import PackCorrupt
from maquette.training.guard.export import export_pack
from maquette.training.vision.tower import TOY, tower_settings

TOWER = tower_settings(TOY)
CONFIG = {"format": 2, "tower": TOWER, "logit_limit": 0.0, "distance_limit": 1.0}
KNOWN = frozenset({"a", "red", "boat", "find", "don't"})


def network(bias: float = 0.0, spread: float = 0.0) -> GuardNetwork:
    """A network that gives every picture the same logit, and a distance grown by ``spread``."""
    torch.manual_seed(0)
    model = GuardNetwork(TOWER)
    model.head.weight.data.zero_()
    model.head.bias.data.fill_(bias)
    model.whiten.copy_(spread * torch.eye(FEATURES))
    return model


def picture(seed: int = 0, size: tuple[int, int] = (90, 60)) -> Image.Image:
    block = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), np.uint8)
    return Image.fromarray(block)


@pytest.mark.parametrize(
    ("bias", "spread", "inside"), [(-2.0, 0.0, True), (2.0, 0.0, False), (-2.0, 1e3, False)]
)
def test_either_limit_is_enough_to_be_outside(
    tmp_path: Path, bias: float, spread: float, inside: bool
) -> None:
    """A logit over its limit, or a distance over its own, makes an outsider, with a reason."""
    guard = Guard(export_pack(network(bias, spread), CONFIG, tmp_path / "guard", "#\n"))
    verdict = guard.judge(picture())
    assert verdict.in_world is inside and verdict.score is not None
    assert (verdict.score <= 0.5) is inside and (OUTSIDE in verdict.reason) is not inside


def test_the_same_picture_gets_the_same_verdict(tmp_path: Path) -> None:
    """Judged twice, and by a guard loaded anew, a picture has one score, bit by bit."""
    pack = export_pack(network(0.1, 0.01), CONFIG, tmp_path / "guard", "#\n")
    guard = Guard(pack)
    assert guard.judge(picture()) == guard.judge(picture()) == Guard(pack).judge(picture())


def test_roles_share_one_guard_in_threads_of_their_own(tmp_path: Path) -> None:
    """Opened twice it is the same object; asked from many threads it says what it says alone."""
    pack = export_pack(network(), CONFIG, tmp_path / "guard", "#\n")
    guard = open_guard(pack)
    assert open_guard(pack) is guard
    pictures = [Image.new("RGB", (90 + k, 64), (9 * k, 40, 255 - 9 * k)) for k in range(24)]
    alone = [Guard(pack).judge(each) for each in pictures]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(guard.judge, pictures)) == alone


def test_a_damaged_guard_is_refused(tmp_path: Path) -> None:
    """A flipped byte or an extra file is named before anything is loaded."""
    pack = export_pack(network(), CONFIG, tmp_path / "guard", "#\n")
    (pack / "more.txt").write_text("x")
    with pytest.raises(PackCorrupt, match=r"more\.txt"):
        Guard(pack)
    (pack / "more.txt").unlink()
    data = (pack / "model.safetensors").read_bytes()
    (pack / "model.safetensors").write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(PackCorrupt, match=r"model\.safetensors"):
        Guard(pack)


def test_without_a_guard_nothing_is_claimed(tmp_path: Path) -> None:
    """Where there is no pack, or the model is not ours, the verdict is None and says why."""
    absent = open_guard(tmp_path / "nothing")
    assert absent.judge(picture()).in_world is None and absent.judge_words("x").score is None
    assert "not in the bundled pack yet" in absent.judge(picture()).reason
    assert "not a bundled one" in open_guard(bundled_model=False).judge(picture()).reason


def test_a_clear_picture_is_seen_on_paper() -> None:
    """What is transparent is white, whatever colour hides behind it."""
    clear = Image.new("RGBA", (300, 200), (255, 0, 0, 0))
    assert np.allclose(small_pixels(clear, 64), 1.0)


def test_statistics_tell_flat_from_busy() -> None:
    """One colour is flat everywhere and has one colour; noise is flat nowhere and has many."""
    flat = dict(zip(NAMES, picture_statistics(np.full((64, 64, 3), 0.4, np.float32)), strict=True))
    random = np.random.default_rng(0).random((64, 64, 3)).astype(np.float32)
    busy = dict(zip(NAMES, picture_statistics(random), strict=True))
    assert flat["flat_1"] == 1 and flat["colours_1"] == 1 and flat["step_p99"] == 0
    assert busy["flat_12"] < 0.01 and busy["colours_16"] < 0.05
    assert busy["light_mean"] == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("a red boat", []),
        ("Find a RED boat!", []),
        ('a red boat "GRAND OPENING"', []),
        ("a “fête” boat, don't", []),
        ("a red zebra, a zebra", ["zebra"]),
        ("2 boat", []),
        ("éléphant", ["éléphant"]),
    ],
)
def test_unknown_words_are_named(text: str, strange: list[str]) -> None:
    """Words of the world in any case are known; quoted words are free; others are named once."""
    verdict = judge_words(text, KNOWN)
    assert verdict.in_world is (not strange)
    for word in strange:
        assert verdict.reason.count(f"'{word}'") == 1 and OUTSIDE in verdict.reason


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_has_a_verdict(text: str) -> None:
    """Whatever is written, score and verdict agree: outside is above one half."""
    verdict = judge_words(text, KNOWN)
    assert verdict.score is not None and (verdict.score > 0.5) is (verdict.in_world is False)


def test_a_verdict_travels() -> None:
    """A verdict survives its JSON."""
    verdict = GuardVerdict(in_world=False, score=0.7, reason="x")
    assert GuardVerdict.model_validate_json(verdict.model_dump_json()) == verdict
