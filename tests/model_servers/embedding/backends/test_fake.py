"""The fake keeps the promises of the real backend."""

from __future__ import annotations

import pytest

from maquette.contracts.embedding_backend import EmbeddingBackendContract
from maquette.model_servers.embedding.backends.fake import FakeEncoder


class TestFakeEncoder(EmbeddingBackendContract):
    @pytest.fixture
    def backend(self) -> FakeEncoder:
        return FakeEncoder()
