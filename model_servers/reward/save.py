"""Writing perspectives as ``layout`` describes, so that what is trained loads by the one path."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from maquette.model_servers.reward.directory import LORA, WEIGHTS, PerspectiveConfig
from maquette.model_servers.reward.model import RewardModel, adapter_name


def save_perspective(
    model: RewardModel,
    name: str,
    config: PerspectiveConfig,
    folder: Path,
    dtype: torch.dtype = torch.float16,
) -> None:
    """Write LoRA, SkipCA, head, projector and configuration of one perspective."""
    from safetensors.torch import save_file

    (folder / LORA).mkdir(parents=True, exist_ok=True)
    adapter = adapter_name(name)
    language = model.language_model
    lora = {
        key.replace(f".{adapter}.", "."): value.detach().to(dtype).contiguous()
        for key, value in language.named_parameters()
        if f".{adapter}." in key
    }
    save_file(lora, folder / LORA / "adapter_model.safetensors")
    told = language.peft_config[adapter]
    settings = {
        "peft_type": "LORA",
        "r": told.r,
        "lora_alpha": told.lora_alpha,
        "use_rslora": told.use_rslora,
        "target_modules": sorted(told.target_modules),
        "bias": "none",
    }
    text = json.dumps(settings, indent=1) + "\n"
    (folder / LORA / "adapter_config.json").write_text(text, encoding="utf-8")
    parts = {
        key.removeprefix("skip."): value.detach().to(dtype).contiguous()
        for key, value in model.perspectives[name].state_dict().items()
    }
    save_file(parts, folder / WEIGHTS)
    text = config.model_dump_json(indent=1) + "\n"
    (folder / "reward_config.json").write_text(text, encoding="utf-8")
