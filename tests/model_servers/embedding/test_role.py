"""MiniLM vectors, against sentence-transformers."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator

import numpy as np
import pytest
import pytest_asyncio

from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.embedding.encoder import model_folder
from maquette.model_servers.embedding.role import EmbeddingRole
from maquette.model_servers.schemas.embedding import EmbedTextRequest

TEXTS = (
    "a poster that says GRAND OPENING above a red circle",
    "what does this sign say",
    "",
    "Ein Schild mit Umlauten: Grüße, naïve café",
    "word " * 700,
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def role() -> AsyncIterator[EmbeddingRole]:
    role = EmbeddingRole(ModelConfig(), MemoryArtifactStore(), threads=1)
    await role.start()
    yield role
    await role.stop()


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def embed(role: EmbeddingRole, *texts: str) -> tuple[tuple[float, ...], ...]:
    return (await role.embed_text(EmbedTextRequest(texts=texts))).vectors


@pytest.mark.slow
async def test_vectors_are_those_of_sentence_transformers(role: EmbeddingRole) -> None:
    """An independent implementation gives the same vectors, to float32 rounding."""
    from sentence_transformers import SentenceTransformer

    second = SentenceTransformer(str(model_folder()), device="cpu", local_files_only=True)
    expected = second.encode(list(TEXTS), show_progress_bar=False)
    assert np.abs(np.array(await embed(role, *TEXTS)) - expected).max() < 2e-6


async def test_vectors_have_length_one(role: EmbeddingRole) -> None:
    """Dot products are cosines."""
    for vector in await embed(role, *TEXTS):
        assert len(vector) == 384
        assert math.hypot(*vector) == pytest.approx(1, abs=1e-6)


async def test_vector_does_not_depend_on_company(role: EmbeddingRole) -> None:
    """A text alone, in a batch, repeated or in another order gets the same bits."""
    together = await embed(role, *TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        assert await embed(role, text) == (vector,)
    assert await embed(role, *reversed(TEXTS), TEXTS[0]) == (*reversed(together), together[0])


async def test_alike_texts_lie_closer(role: EmbeddingRole) -> None:
    """A paraphrase is nearer than another subject."""
    base, alike, other = await embed(
        role, "draw a red circle", "paint a round red shape", "the train leaves at nine"
    )
    assert np.dot(base, alike) > np.dot(base, other) + 0.2


async def test_one_loaded_model_leaves_torch_threads_alone(role: EmbeddingRole) -> None:
    """Other models of the process keep their threads: only this role's thread is limited."""
    import torch

    before = torch.get_num_threads()
    second = EmbeddingRole(ModelConfig(), MemoryArtifactStore(), threads=1)
    await second.start()
    assert torch.get_num_threads() == before
    assert second.digest() == role.digest()
    await second.stop()
