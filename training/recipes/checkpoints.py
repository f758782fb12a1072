"""Save and restore training state as safetensors and JSON, never as pickles.

A checkpoint is a folder: ``<name>.safetensors`` for each module, ``optimizer.safetensors``
and ``optimizer.json`` for the optimizer, ``state.json`` for counters. A new checkpoint is
written beside the old one and swapped in, so a kill leaves one whole.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn


def save_checkpoint(
    folder: Path,
    modules: Mapping[str, nn.Module],
    optimizer: torch.optim.Optimizer | None,
    state: dict,
) -> None:
    """Write a checkpoint, replacing the one in ``folder``.

    Args:
        folder: where it lies; parents are made.
        modules: name to module.
        optimizer: its state is flattened; None to leave it out.
        state: JSON-ready counters.
    """
    fresh, old = folder.with_name(folder.name + ".new"), folder.with_name(folder.name + ".old")
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, module in modules.items():
        save_file(_contiguous(module.state_dict()), fresh / f"{name}.safetensors")
    if optimizer is not None:
        tensors, numbers = flatten_optimizer(optimizer)
        save_file(_contiguous(tensors), fresh / "optimizer.safetensors")
        (fresh / "optimizer.json").write_text(json.dumps(numbers), encoding="utf-8")
    (fresh / "state.json").write_text(json.dumps(state), encoding="utf-8")
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def load_checkpoint(
    folder: Path,
    modules: Mapping[str, nn.Module],
    optimizer: torch.optim.Optimizer | None = None,
) -> dict | None:
    """Restore a checkpoint in place.

    Returns: the counters, or None if there is no checkpoint in ``folder``.
    Raises: RuntimeError: if a module's tensors do not match.
    """
    if not (folder / "state.json").exists():
        return None
    for name, module in modules.items():
        module.load_state_dict(load_file(folder / f"{name}.safetensors"))
    if optimizer is not None:
        numbers = json.loads((folder / "optimizer.json").read_text(encoding="utf-8"))
        restore_optimizer(optimizer, load_file(folder / "optimizer.safetensors"), numbers)
    return json.loads((folder / "state.json").read_text(encoding="utf-8"))


def read_state(folder: Path) -> dict | None:
    """Read a checkpoint's counters alone, or None if there is no checkpoint in ``folder``."""
    if not (folder / "state.json").exists():
        return None
    return json.loads((folder / "state.json").read_text(encoding="utf-8"))


def flatten_optimizer(optimizer: torch.optim.Optimizer) -> tuple[dict[str, Tensor], dict]:
    """Split an optimizer's state into named tensors and JSON-ready numbers."""
    state = optimizer.state_dict()
    tensors: dict[str, Tensor] = {}
    numbers: dict = {"groups": state["param_groups"], "state": {}}
    for index, entries in state["state"].items():
        for key, value in entries.items():
            if isinstance(value, Tensor):
                tensors[f"{index}.{key}"] = value
            else:
                numbers["state"].setdefault(str(index), {})[key] = value
    return tensors, numbers


def restore_optimizer(
    optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor], numbers: dict
) -> None:
    """Undo ``flatten_optimizer`` on an optimizer over the same parameters."""
    state: dict[int, dict] = {int(i): dict(v) for i, v in numbers["state"].items()}
    for name, tensor in tensors.items():
        index, key = name.split(".", 1)
        state.setdefault(int(index), {})[key] = tensor
    optimizer.load_state_dict({"state": state, "param_groups": numbers["groups"]})


def _contiguous(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().contiguous().clone() for name, tensor in tensors.items()}
