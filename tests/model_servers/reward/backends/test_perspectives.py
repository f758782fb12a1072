"""A directory of perspectives keeps the promises of a reward backend."""

from __future__ import annotations

import pytest
import reward_models

from maquette.contracts.reward_backend import RewardBackendContract
from maquette.model_servers.reward.backends.perspectives import Scorer


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Scorer:
    folder = reward_models.tiny_reward(tmp_path_factory.mktemp("reward") / "model")
    return Scorer(str(folder))


class TestScorer(RewardBackendContract):
    @pytest.fixture
    def backend(self, loaded: Scorer) -> Scorer:
        return loaded
