"""The fake keeps the promises of the real backend."""

from __future__ import annotations

import pytest

from maquette.contracts.reward_backend import RewardBackendContract
from maquette.model_servers.reward.backends.fake import FakeScorer


class TestFakeScorer(RewardBackendContract):
    @pytest.fixture
    def backend(self) -> FakeScorer:
        return FakeScorer()
