"""Every reader of art packs keeps the promises of all packs."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from maquette.contracts.art_pack import ArtPackContract
from maquette.tools.art.contract import ArtPack
from maquette.tools.art.packs import noto
from maquette.tools.art.packs.fake import FakePack
from maquette.tools.art.packs.folder import read_folder
from maquette.tools.art.packs.iconify import read_iconify

LEAF = '<path fill="#2a2" d="M2 8Q8 8 8 2Q2 2 2 8Z"/>'
HALF_OUTSIDE = '<circle cx="10" cy="5" r="4" fill="url(#shade)"/>'
SHADE = '<linearGradient id="shade"><stop stop-color="red"/><stop offset="1"/></linearGradient>'


class TestFake(ArtPackContract):
    @pytest.fixture
    def make(self) -> Callable[[], ArtPack]:
        return FakePack


class TestFolder(ArtPackContract):
    @pytest.fixture
    def make(self, tmp_path: Path) -> Callable[[], ArtPack]:
        for name, body in {"leaf": LEAF, "half-moon": SHADE + HALF_OUTSIDE}.items():
            svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">{body}</svg>'
            (tmp_path / f"{name}.svg").write_text(svg)
        return lambda: read_folder(tmp_path, "mine", licence="CC0-1.0")


class TestIconify(ArtPackContract):
    @pytest.fixture
    def make(self, tmp_path: Path) -> Callable[[], ArtPack]:
        icons = {"leaf": {"body": LEAF}, "half": {"body": SHADE + HALF_OUTSIDE}}
        file = {"prefix": "set", "width": 10, "height": 10, "icons": icons}
        path = tmp_path / "set.json"
        path.write_text(json.dumps(file | {"info": {"license": {"spdx": "MIT"}}}))
        return lambda: read_iconify(path)


@cache
def _kept() -> ArtPack:
    return noto.pack()


@pytest.mark.slow
class TestNoto(ArtPackContract):
    @pytest.fixture
    def make(self) -> Callable[[], ArtPack]:
        return noto.pack

    @pytest.fixture
    def pack(self) -> ArtPack:
        return _kept()
