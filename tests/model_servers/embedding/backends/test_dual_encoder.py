"""Pictures and captions in one space: tiny packs, checked files, clear words when absent."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import torch
from embedding_models import save_clip, save_dual_encoder
from PIL import Image
from transformers import AutoModel, AutoTokenizer

from maquette.contracts.embedding_backend import EmbeddingBackendContract
from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.embedding.backends.dual_encoder import DualEncoder
from maquette.model_servers.embedding.role import EmbeddingRole
from maquette.model_servers.loading import model_files
from maquette.model_servers.loading.model_files import check_files
from maquette.model_servers.schemas.describe import DescribeRequest
from maquette.model_servers.schemas.embedding import (
    EmbedCaptionRequest,
    EmbedImageRequest,
    EmbedTextRequest,
)
from maquette.records.errors import ConfigError, MediaRejected, NotFound, PackCorrupt
from maquette.training.world.colours import COLOURS


def png(seed: int, size: tuple[int, int] = (70, 50)) -> bytes:
    block = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(block).save(buffer, format="PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_dual_encoder(tmp_path_factory.mktemp("dual") / "embedding")


@pytest.fixture
def store() -> MemoryArtifactStore:
    return MemoryArtifactStore()


@pytest.fixture
async def role(pack: Path, store: MemoryArtifactStore) -> AsyncIterator[EmbeddingRole]:
    role = EmbeddingRole(ModelConfig(model=str(pack)), store, 1)
    await role.start()
    yield role
    await role.stop()


def test_words_that_the_model_does_not_know_say_nothing(pack: Path) -> None:
    """A query's unknown words are left out; where none is known the text stays as it is."""
    encoder = DualEncoder(pack)
    plain = encoder.embed_caption("a red circle")
    assert encoder.embed_caption("whatchamacallit a red gizmo circle pleeease") == plain
    assert encoder.embed_caption("gizmo") == encoder.embed_caption("whatchamacallit")


async def test_vectors_are_those_of_the_library(
    role: EmbeddingRole, store: MemoryArtifactStore, pack: Path
) -> None:
    """The model, loaded a second time by its own library, gives the same unit vectors."""
    data = png(1, (64, 64))
    ref = await store.put(data, owner="ann")
    seen = await role.embed_image(EmbedImageRequest(owner="ann", images=(ref,)))
    said = await role.embed_caption(EmbedCaptionRequest(texts=("a red circle",)))
    model = AutoModel.from_pretrained(pack, dtype=torch.float32).eval()
    pixels = torch.from_numpy(np.array(Image.open(io.BytesIO(data)))).permute(2, 0, 1)[None]
    with torch.no_grad():
        picture = model.get_image_features(pixel_values=pixels / 127.5 - 1).pooler_output[0]
        ids = AutoTokenizer.from_pretrained(pack)(
            "a red circle", padding="max_length", max_length=64, return_tensors="pt"
        )["input_ids"]
        text = model.get_text_features(input_ids=ids).pooler_output[0]
    for found, expected in ((seen.vectors[0], picture), (said.vectors[0], text)):
        assert np.allclose(found, (expected / expected.norm()).numpy(), atol=1e-5)
    assert seen.digest == said.digest and len(seen.vectors[0]) == len(said.vectors[0])


async def test_the_same_request_gives_the_same_vector_in_any_company(
    role: EmbeddingRole, store: MemoryArtifactStore
) -> None:
    """A picture alone, twice, or among others has one vector, bit by bit; so has a caption."""
    refs = [await store.put(png(seed), owner="ann") for seed in range(3)]
    alone = await role.embed_image(EmbedImageRequest(owner="ann", images=(refs[1],)))
    among = await role.embed_image(EmbedImageRequest(owner="ann", images=tuple(refs)))
    assert alone.vectors[0] == among.vectors[1]
    one = await role.embed_caption(EmbedCaptionRequest(texts=("a star",)))
    two = await role.embed_caption(EmbedCaptionRequest(texts=("a blue boat", "a star")))
    assert one.vectors[0] == two.vectors[1] != two.vectors[0]


async def test_a_model_of_somebody_else_is_loaded_by_the_same_lines(
    tmp_path: Path, store: MemoryArtifactStore
) -> None:
    """A CLIP without a manifest serves, and the guard says nothing of its world."""
    role = EmbeddingRole(ModelConfig(model=str(save_clip(tmp_path / "clip"))), store, 1)
    await role.start()
    ref = await store.put(png(1), owner="ann")
    reply = await role.embed_image(EmbedImageRequest(owner="ann", images=(ref,)))
    caption = await role.embed_caption(EmbedCaptionRequest(texts=("a red circle " * 30,)))
    await role.stop()
    assert len(reply.vectors[0]) == len(caption.vectors[0]) == 24
    assert reply.verdicts[0].in_world is None and "not a bundled one" in reply.verdicts[0].reason


async def test_texts_are_embedded_without_a_dual_encoder(
    tmp_path: Path, store: MemoryArtifactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With nothing in the pack MiniLM serves, and pictures are refused with the next step."""
    monkeypatch.setattr(model_files, "PACKS", tmp_path / "nothing")
    role = EmbeddingRole(ModelConfig(), store, 1)
    await role.start()
    found = await role.describe(DescribeRequest())
    assert found.picture_digest is None and found.text_digest
    assert len((await role.embed_text(EmbedTextRequest(texts=("a boat",)))).vectors[0]) == 384
    ref = await store.put(png(1), owner="ann")
    with pytest.raises(ConfigError, match="not in the bundled pack yet") as caught:
        await role.embed_image(EmbedImageRequest(owner="ann", images=(ref,)))
    assert "maquette.training.embedding" in caught.value.hint
    with pytest.raises(ConfigError):
        await role.embed_caption(EmbedCaptionRequest(texts=("a boat",)))
    await role.stop()


async def test_what_is_no_picture_is_refused(
    role: EmbeddingRole, store: MemoryArtifactStore
) -> None:
    """Text is not a picture, and another owner's picture is not there."""
    ref = await store.put(b"words", owner="ann")
    with pytest.raises(MediaRejected):
        await role.embed_image(EmbedImageRequest(owner="ann", images=(ref,)))
    ref = await store.put(png(1), owner="bob")
    with pytest.raises(NotFound):
        await role.embed_image(EmbedImageRequest(owner="ann", images=(ref,)))


def test_a_changed_file_is_refused_before_it_is_loaded(tmp_path: Path) -> None:
    """A flipped byte, an extra file and a missing one are named; so is one that runs code."""
    pack = save_dual_encoder(tmp_path / "embedding")
    weights = pack / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(PackCorrupt, match=r"model\.safetensors"):
        check_files(pack, bundled=True)
    weights.write_bytes(whole)
    (pack / "more.json").write_text("{}")
    with pytest.raises(PackCorrupt, match=r"more\.json"):
        check_files(pack, bundled=True)
    (pack / "more.json").rename(pack / "weights.bin")
    with pytest.raises(PackCorrupt, match="run code"):
        check_files(pack, bundled=False)
    (pack / "weights.bin").unlink()
    (pack / "MANIFEST.json").unlink()
    with pytest.raises(PackCorrupt, match=r"MANIFEST\.json"):
        check_files(pack, bundled=True)
    assert check_files(pack, bundled=False)


def test_other_models_have_other_digests(tmp_path: Path) -> None:
    """Two trainings never share a space."""
    packs = [save_dual_encoder(tmp_path / str(seed), seed) for seed in (1, 2)]
    assert len({check_files(pack, bundled=True) for pack in packs}) == 2


def test_a_directory_of_another_kind_is_refused() -> None:
    """A model that is no dual encoder is refused by name."""
    from maquette.model_servers.embedding.encoder import model_folder

    with pytest.raises(PackCorrupt, match="bert"):
        DualEncoder(model_folder())


def test_the_world_has_the_colours_that_captions_name(pack: Path) -> None:
    """The tokenizer in the pack knows every colour word of the world."""
    tokenizer = AutoTokenizer.from_pretrained(pack)
    ids = tokenizer(" ".join(COLOURS))["input_ids"]
    assert tokenizer.unk_token_id not in ids


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> DualEncoder:
    return DualEncoder(save_dual_encoder(tmp_path_factory.mktemp("siglip") / "model"))


class TestDualEncoder(EmbeddingBackendContract):
    @pytest.fixture
    def backend(self, loaded: DualEncoder) -> DualEncoder:
        return loaded
