"""This package's own tests: Maquette's conformance suites, inherited."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from mirror_room.art import MirrorPack
from mirror_room.backend import BrightParts
from mirror_room.role import Echo, Said
from mirror_room.strategy import ONCE
from PIL import Image

from maquette.contracts.art_pack import ArtPackContract
from maquette.contracts.role_server import RoleServerContract, Served
from maquette.contracts.strategy import StrategyContract
from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.tools.art.contract import ArtPack
from maquette.workflows.loops.strategy import Strategy


class TestEcho(RoleServerContract):
    @pytest.fixture
    def served(self) -> Served:
        return Served(
            make=lambda: Echo(ModelConfig(), MemoryArtifactStore(), 1),
            requests=[("say", Said(text="hello"))],
        )


class TestMirrors(ArtPackContract):
    @pytest.fixture
    def make(self) -> Callable[[], ArtPack]:
        return MirrorPack


class TestOnce(StrategyContract):
    @pytest.fixture
    def strategy(self) -> Strategy:
        return ONCE


def test_bright_parts_are_those_of_200_and_more() -> None:
    """Two pixels of four, and none for other words."""
    gray = np.array([[0, 199], [200, 255]], np.uint8)
    backend = BrightParts()
    seen = backend.look(Image.fromarray(gray).convert("RGB"))
    assert backend.find(seen, "the bright parts", (2, 2)).mask.tolist() == [
        [False, False],
        [True, True],
    ]
    assert not backend.find(seen, "a boat", (2, 2)).mask.any()
    assert backend.unknown_words("the bright boat") == ("the", "boat")
