"""The reward role: one table a picture, mixed perspectives, honest errors, any checkpoint."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
import torch
from PIL import Image
from reward_models import HEADS, tiny_backbone, tiny_reward
from safetensors.torch import load_file, save_file

from maquette.infra.manifest import write_manifest
from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.roles import RewardClient
from maquette.model_servers.loading import model_files
from maquette.model_servers.reward.backends.perspectives import Scorer
from maquette.model_servers.reward.directory import BUNDLED, open_directory
from maquette.model_servers.reward.role import RewardRole
from maquette.model_servers.schemas.describe import DescribeRequest
from maquette.model_servers.serving.direct import DirectClient
from maquette.model_servers.serving.host import RoleHost
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import (
    CapabilityMissing,
    ConfigError,
    InvalidInput,
    NotFound,
    PackCorrupt,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
OWNER = "local"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_reward(tmp_path_factory.mktemp("reward"))


@pytest.fixture(scope="module")
def store() -> MemoryArtifactStore:
    return MemoryArtifactStore()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(folder: Path, store: MemoryArtifactStore) -> AsyncIterator[RewardClient]:
    config = ModelConfig(model=str(folder))
    host = RoleHost({RoleName.REWARD: lambda: RewardRole(config, store, 1)})
    yield RewardClient(DirectClient(host))
    await host.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def images(store: MemoryArtifactStore) -> tuple[ArtifactRef, ...]:
    rng = np.random.default_rng(4)
    found = []
    for _ in range(3):
        buffer = io.BytesIO()
        Image.fromarray(rng.integers(0, 255, (40, 40, 3), dtype=np.uint8)).save(buffer, "PNG")
        found.append(await store.put(buffer.getvalue(), owner=OWNER))
    return tuple(found)


async def test_a_call_equals_its_rows_one_by_one(
    client: RewardClient, images: tuple[ArtifactRef, ...]
) -> None:
    """Everything together gives what each row gives alone; the same call gives the same bytes."""
    captions = ("a red circle", "two blue stars above a tree", "a house")
    names = tuple(HEADS)
    reply = await client.score(images, captions, names, owner=OWNER)
    again = await client.score(images, captions, names, owner=OWNER)
    assert reply.scores == again.scores and reply.forward_s > 0
    for k, (image, caption) in enumerate(zip(images, captions, strict=True)):
        for name in names:
            alone = await client.score((image,), (caption,), (name,), owner=OWNER)
            expected, got = alone.scores[0][name], reply.scores[k][name]
            assert got.raw == pytest.approx(expected.raw, abs=1e-5)
            assert got.score == pytest.approx(expected.score, abs=1e-4)
            assert len(got.raw) == HEADS[name].numbers
    assert len({row["alignment"].raw for row in reply.scores}) == 3


async def test_comparing_agrees_with_scoring(
    client: RewardClient, images: tuple[ArtifactRef, ...]
) -> None:
    """P(a better) is sigmoid((r_a - r_b) / 0.1); the other way round it is 1 minus that."""
    a, b, _ = images
    there = await client.compare(a, b, "a red circle", "alignment", owner=OWNER)
    back = await client.compare(b, a, "a red circle", "alignment", owner=OWNER)
    expected = 1 / (1 + np.exp(-(there.a.raw[0] - there.b.raw[0]) / 0.1))
    assert there.a_is_better == pytest.approx(expected, abs=1e-6)
    assert there.a_is_better + back.a_is_better == pytest.approx(1, abs=1e-3)
    cross = await client.compare(a, b, "a red circle", "fidelity", owner=OWNER)
    (x, y), (u, v) = cross.a.raw, cross.b.raw
    assert cross.a_is_better == pytest.approx(1 / (1 + np.exp(-(x * v - y * u) / 0.1)), abs=1e-6)


async def test_what_cannot_be_scored_is_said(
    client: RewardClient, images: tuple[ArtifactRef, ...]
) -> None:
    """Unknown perspectives list the known; captions must go with pictures; length has a limit."""
    with pytest.raises(CapabilityMissing, match="it has alignment, fidelity, policy"):
        await client.score(images, ("a",), ("beauty",), owner=OWNER)
    with pytest.raises(InvalidInput, match="2 captions for 3 pictures"):
        await client.score(images, ("a", "b"), ("alignment",), owner=OWNER)
    with pytest.raises(InvalidInput, match="at most 128"):
        await client.score(images, ("red " * 200,), ("alignment",), owner=OWNER)
    gone = images[0].model_copy(update={"sha256": "0" * 64})
    with pytest.raises(NotFound):
        await client.score((gone,), ("a",), ("alignment",), owner=OWNER)
    told = await client.describe()
    assert told.perspectives == {name: f"taught {name}" for name in HEADS}


async def test_a_model_not_in_the_pack_yet_says_so(
    store: MemoryArtifactStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The role starts, so that others are ready; each verb tells what is missing and the way."""
    monkeypatch.setattr(model_files, "PACKS", tmp_path / "nothing")
    role = RewardRole(ModelConfig(model=BUNDLED), store, 1)
    await role.start()
    assert len(role.digest()) == 64
    with pytest.raises(ConfigError, match="not in the bundled pack yet") as missing:
        await role.describe(DescribeRequest())
    assert "maquette.training.reward" in missing.value.hint
    await role.stop()


async def test_a_changed_file_is_refused_before_it_is_read(folder: Path, tmp_path: Path) -> None:
    """With a manifest a flipped byte or an extra file is refused by name; pickles always are."""
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    write_manifest(copy)
    assert open_directory(str(copy)).digest
    target = copy / "policy" / "model.safetensors"
    data = bytearray(target.read_bytes())
    data[-1] ^= 1
    target.write_bytes(data)
    with pytest.raises(PackCorrupt, match=r"policy/model\.safetensors"):
        open_directory(str(copy))
    (copy / "alignment" / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(PackCorrupt, match="can run code"):
        open_directory(str(copy))


async def test_another_backbone_is_refused(folder: Path, tmp_path: Path) -> None:
    """A reward trained on one backbone does not serve on another, even of the same shape."""
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    index = {"backbone": "backbone", "backbone_digest": "0" * 64}
    (copy / "reward.json").write_text(json.dumps(index))
    with pytest.raises(PackCorrupt, match="another backbone"):
        open_directory(str(copy))


async def test_an_outside_checkpoint_loads_by_the_same_path(folder: Path, tmp_path: Path) -> None:
    """A LLaVA-Reward checkpoint (their names, yaml, older prefixes) scores like our own folder."""
    outside, ours = tmp_path / "llavareward_alignment", folder / "alignment"
    (outside / "lora").mkdir(parents=True)
    lora = load_file(ours / "lora" / "adapter_model.safetensors")
    renamed = {
        key.replace("base_model.model.layers", "base_model.model.language_model.model.layers"): v
        for key, v in lora.items()
    }
    save_file(renamed, outside / "lora" / "adapter_model.safetensors")
    shutil.copy(ours / "lora" / "adapter_config.json", outside / "lora")
    parts = load_file(ours / "model.safetensors")
    save_file({f"module.{key}": v for key, v in parts.items()}, outside / "model.safetensors")
    (outside / "reward_config.yaml").write_text(
        "is_general_preference: false\nadd_cross_attention: true\n"
        "value_head_dim: 2\ngeneral_preference_tau: 0.1\n"
    )
    backbone = str(folder / "backbone")
    theirs, mine = Scorer(str(outside), backbone=backbone), Scorer(str(folder))
    picture = Image.fromarray(np.full((32, 32, 3), 90, np.uint8))
    (a,) = theirs.score([picture], [(0, "a red circle", "llavareward_alignment")])
    (b,) = mine.score([picture], [(0, "a red circle", "alignment")])
    assert a.raw == pytest.approx(b.raw, abs=1e-6)


async def test_a_lora_of_another_size_is_refused(folder: Path, tmp_path: Path) -> None:
    """What does not fit the backbone is named before anything is scored."""
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    file = copy / "policy" / "lora" / "adapter_model.safetensors"
    lora = load_file(file)
    dropped = next(iter(lora))
    save_file({k: v for k, v in lora.items() if k != dropped}, file)
    with pytest.raises(PackCorrupt, match="policy"):
        Scorer(str(copy))
    save_file({"vision_tower.layers.0.self_attn.q_proj.lora_A.weight": torch.ones(2, 2)}, file)
    with pytest.raises(PackCorrupt, match="vision tower is shared"):
        Scorer(str(copy))


async def test_a_missing_directory_is_a_wrong_setting(tmp_path: Path) -> None:
    """The setting is named, and what it may be."""
    with pytest.raises(ConfigError, match=r"models\.reward\.model"):
        Scorer(str(tmp_path / "nowhere"))
    tiny_backbone(tmp_path / "only")
    with pytest.raises(PackCorrupt, match="no perspective"):
        Scorer(str(tmp_path / "only"))
