"""What a model directory may hold, and what is refused before anything is loaded."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import generation_models
import pytest
import torch

from maquette.infra.manifest import write_manifest
from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.generation import pack as packs
from maquette.model_servers.generation.load import load_adapter
from maquette.model_servers.generation.pack import open_pack
from maquette.model_servers.generation.role import GenerationRole
from maquette.model_servers.loading.devices import choose_device, choose_dtype
from maquette.records.errors import ConfigError, PackCorrupt

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generation_models.save_layout_flow(tmp_path_factory.mktemp("pack") / "tiny")


@pytest.fixture
def model(saved: Path, tmp_path: Path) -> Path:
    """A directory of its own for each test, to be damaged at will."""
    return Path(shutil.copytree(saved, tmp_path / "tiny"))


def edit_index(model: Path, **changes: Any) -> None:
    file = model / "model_index.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))
    write_manifest(model)


def test_a_pack_tells_its_class_digest_and_words(model: Path) -> None:
    """The digest is the manifest's, and the vocabulary lists words by kind."""
    pack = open_pack(str(model))
    assert pack.pipeline == "LayoutFlowPipeline"
    assert pack.vocabulary == {"things": ("circle", "square"), "colours": ("red",)}
    assert pack.digest == write_manifest(model)


@pytest.mark.parametrize("suffix", [".bin", ".pt", ".ckpt", ".py", ".PKL"])
def test_files_that_can_run_code_are_refused(model: Path, suffix: str) -> None:
    """A directory with such a file is refused by name, even when the manifest lists it."""
    (model / "transformer" / f"extra{suffix}").write_bytes(b"x")
    write_manifest(model)
    with pytest.raises(PackCorrupt, match=f"transformer/extra{suffix}"):
        open_pack(str(model))


def test_a_changed_weight_is_refused(model: Path) -> None:
    """One flipped byte in a weight file is found before the file is parsed."""
    file = model / "transformer" / "diffusion_pytorch_model.safetensors"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(PackCorrupt, match="diffusion_pytorch_model"):
        open_pack(str(model))


def test_without_a_manifest_the_digest_follows_the_bytes(model: Path) -> None:
    """A directory of someone else's needs no manifest; its digest still changes with it."""
    (model / "MANIFEST.json").unlink()
    before = open_pack(str(model)).digest
    assert open_pack(str(model)).digest == before
    (model / "MODEL_CARD.md").write_text("changed")
    assert open_pack(str(model)).digest != before


def test_the_bundled_model_needs_its_manifest(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The word bundled means the checked directory, never an unlisted one."""
    monkeypatch.setattr(packs, "bundled_directory", lambda role: model)
    assert open_pack("bundled").path == model
    (model / "MANIFEST.json").unlink()
    with pytest.raises(PackCorrupt, match=r"no MANIFEST\.json"):
        open_pack("bundled")


def test_the_index_cannot_name_any_module(model: Path) -> None:
    """A component from an unexpected library is refused before it is imported."""
    edit_index(model, tokenizer=["os", "system"])
    with pytest.raises(PackCorrupt, match="'tokenizer' from 'os'"):
        open_pack(str(model))


def test_an_unknown_pipeline_lists_the_known(model: Path) -> None:
    """A pipeline class outside the table is named beside those inside it."""
    edit_index(model, _class_name="SomethingElsePipeline")
    with pytest.raises(PackCorrupt, match=r"SomethingElsePipeline; served here: FluxPipeline, "):
        load_adapter(open_pack(str(model)), device=CPU, dtype=torch.float32)


def test_missing_weights_are_refused(model: Path) -> None:
    """A weight file that lacks tensors does not load as a model with made-up ones."""
    from safetensors.torch import load_file, save_file

    file = model / "transformer" / "diffusion_pytorch_model.safetensors"
    weights = load_file(file)
    del weights["to_tokens.weight"]
    save_file(weights, file, metadata={"format": "pt"})
    write_manifest(model)
    with pytest.raises(PackCorrupt, match="could not be loaded"):
        load_adapter(open_pack(str(model)), device=CPU, dtype=torch.float32)


@pytest.mark.parametrize("name", ["nowhere", "/nowhere/at/all", "some/where/else"])
def test_a_model_that_is_nowhere(name: str) -> None:
    """A wrong path says what was expected."""
    with pytest.raises(ConfigError, match=r"not a directory with a model_index\.json"):
        open_pack(name)


def test_a_hub_id_is_looked_up_in_the_local_cache_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without permission to download, a hub id that is not cached is an error."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ConfigError, match="nor in the local hub cache"):
        open_pack("nobody/nothing")


def test_options_are_checked() -> None:
    """An unknown option is named beside the known ones; placement options are let through."""
    store = MemoryArtifactStore()
    GenerationRole(ModelConfig(options={"replicas": 2, "rows_per_forward": 4}), store, 1)
    with pytest.raises(ConfigError, match=r"models\.generation\.options\.rows_per_foward") as error:
        GenerationRole(ModelConfig(options={"rows_per_foward": 4}), store, 1)
    assert "rows_per_forward" in error.value.hint


def test_devices_and_dtypes() -> None:
    """auto fits the machine; what cannot be had is a clear error."""
    assert choose_dtype("generation", "auto", CPU) is torch.float32
    assert choose_dtype("generation", "auto", torch.device("cuda")) is torch.bfloat16
    with pytest.raises(ConfigError, match=r"generation\.options\.dtype is 'int4'"):
        choose_dtype("generation", "int4", CPU)
    with pytest.raises(ConfigError, match=r"reward\.options\.device is 'abacus'"):
        choose_device("reward", "abacus")
