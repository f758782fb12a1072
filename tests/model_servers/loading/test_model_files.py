"""Model directories: where they are looked for, and what their tables may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from maquette.model_servers.loading import model_files
from maquette.model_servers.loading.model_files import find_model, loading, read_table
from maquette.records.errors import ConfigError, PackCorrupt


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pack that holds a segmenter and nothing else."""
    (tmp_path / "segmentation").mkdir()
    (tmp_path / "segmentation" / "config.json").write_text("{}")
    monkeypatch.setattr(model_files, "PACKS", tmp_path)
    return tmp_path


def test_the_word_bundled_means_the_role_s_own_folder(packs: Path) -> None:
    """A role finds its bundled model, and None where the pack has none yet."""
    assert find_model("segmentation", "bundled", kind="CLIPSeg") == packs / "segmentation"
    assert find_model("embedding", "bundled", kind="SigLIP") is None


def test_a_path_is_taken_or_refused_with_the_setting_s_name(packs: Path, tmp_path: Path) -> None:
    """A directory with a model is taken; another is refused, with setting, value and kind."""
    model = str(tmp_path / "segmentation")
    assert find_model("embedding", model, kind="SigLIP") == Path(model)
    with pytest.raises(ConfigError, match=r"models\.embedding\.model is '.*nowhere'") as caught:
        find_model("embedding", str(tmp_path / "nowhere"), kind="SigLIP")
    assert "SigLIP" in caught.value.hint


@pytest.mark.parametrize("text", ["[1]", "{", "\udcff"])
def test_a_table_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    """A JSON file that holds no object is corrupt and named; a missing one is empty."""
    file = tmp_path / "config.json"
    assert read_table(file) == {}
    file.write_text(text, "utf-8", errors="surrogateescape")
    with pytest.raises(PackCorrupt, match=r"config\.json"):
        read_table(file)


def test_whatever_fails_in_loading_names_the_model() -> None:
    """Any error of a library becomes PackCorrupt with its kind; one that says more stays."""
    with (
        pytest.raises(
            PackCorrupt, match=r"the model 'x' could not be loaded \(KeyError\)"
        ) as caught,
        loading("the model 'x'", hint="fetch it"),
    ):
        raise KeyError("no such tensor")
    assert caught.value.hint == "fetch it" and isinstance(caught.value.__cause__, KeyError)
    told = PackCorrupt("it is a bert")
    with pytest.raises(PackCorrupt) as kept, loading("the model 'x'"):
        raise told
    assert kept.value is told
