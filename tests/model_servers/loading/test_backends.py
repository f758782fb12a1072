"""Which backend serves a role: by its name, or by what the model's files are."""

from __future__ import annotations

import json
from collections import Counter, OrderedDict
from pathlib import Path
from typing import Any

import pytest

from maquette.model_servers.loading import backends
from maquette.model_servers.loading.backends import Backend, Backends
from maquette.records.errors import ConfigError


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Backends[Any]:
    """Three entries, whose classes are those of the library."""

    def found(name: str) -> Any:
        assert name == "maquette.model_servers.shelf"
        return __import__("collections")

    monkeypatch.setattr(backends, "import_module", found)
    return Backends(
        "embedding",
        {
            "usual": Backend("shelf:Counter", kinds=("clip",)),
            "other": Backend("shelf:OrderedDict", kinds=("siglip",)),
            "fake": Backend("shelf:deque"),
        },
    )


def _model(folder: Path, kind: str) -> Path:
    (folder / "config.json").write_text(json.dumps({"model_type": kind}))
    return folder


@pytest.mark.parametrize(
    ("kind", "name", "made"),
    [
        ("clip", "usual", Counter),
        ("siglip", "other", OrderedDict),
        ("bert", "usual", Counter),
    ],
)
def test_the_models_files_choose(
    table: Backends[Any], tmp_path: Path, kind: str, name: str, made: type
) -> None:
    """By the kind they name; the usual backend gets those that no entry names, to refuse them."""
    chosen = table.choose(None, _model(tmp_path, kind))
    assert chosen is not None and (chosen.name, chosen.make) == (name, made)


def test_a_name_goes_before_the_files(table: Backends[Any], tmp_path: Path) -> None:
    """What is not the usual backend leaves its mark in the digest, the usual one does not."""
    path = _model(tmp_path, "clip")
    other, usual = table.choose("other", path), table.choose("usual", path)
    assert other is not None and usual is not None
    assert other.name == "other" and "other" in other.mark and usual.mark == ""


def test_without_a_model_only_a_backend_without_files_serves(table: Backends[Any]) -> None:
    """None is chosen where files are needed and are not there."""
    assert table.choose(None, None) is None and table.choose("other", None) is None
    chosen = table.choose("fake", None)
    assert chosen is not None and chosen.name == "fake"
    assert table.takes_files(None) and not table.takes_files("fake")


def test_an_unknown_name_lists_the_known_ones(table: Backends[Any], tmp_path: Path) -> None:
    """Wherever it is asked for."""
    told = r"models\.embedding\.backend is 'vllm'; known: fake, other, usual"
    for ask in (table.check, table.named, table.takes_files, lambda n: table.choose(n, tmp_path)):
        with pytest.raises(ConfigError, match=told):
            ask("vllm")
