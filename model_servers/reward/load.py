"""Building a reward model from a checked directory. Only local safetensors files are read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from maquette.model_servers.loading.model_files import loading
from maquette.model_servers.reward.directory import LORA, WEIGHTS
from maquette.model_servers.reward.model import RewardModel, adapter_name
from maquette.model_servers.reward.rows import RowWriter
from maquette.records.errors import PackCorrupt

if TYPE_CHECKING:
    from maquette.model_servers.reward.directory import (
        PerspectiveFolder,
        RewardDirectory,
        RewardIndex,
    )

_LAYER = re.compile(r"(?:^|\.)layers\.(\d+)\.(.+)\.lora_([AB])(?:\.[^.]+)?\.weight$")
"""The end of a LoRA tensor's name, whatever the backbone was called around it."""
_PARTS = {
    "W_q": "skip.W_q",
    "W_k": "skip.W_k",
    "W_v": "skip.W_v",
    "ca_layernorm": "skip.ca_layernorm",
    "value_head": "value_head",
    "weigh": "likelihood.weigh",
}


def load_reward(directory: RewardDirectory, *, dtype: torch.dtype = torch.float32) -> RewardModel:
    """The model with every perspective of a directory, ready to score.

    Raises: PackCorrupt: the files do not make one; says which.
    """
    model = RewardModel(load_backbone(directory.backbone, dtype=dtype))
    for folder in directory.perspectives:
        hint = "fetch or save it again, for this backbone"
        with loading(f"the perspective {folder.name!r}", hint=hint):
            load_perspective(model, folder)
    return model.to(dtype).eval().requires_grad_(False)


def load_backbone(path: Path, *, dtype: torch.dtype = torch.float32) -> Any:
    """The LLaVA model of a directory. Raises: PackCorrupt: it holds none."""
    from transformers import LlavaForConditionalGeneration
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    try:
        return LlavaForConditionalGeneration.from_pretrained(
            path, local_files_only=True, use_safetensors=True, dtype=dtype
        ).eval()
    except Exception as cause:
        raise PackCorrupt(
            f"the reward's backbone {path.name!r} does not load as a "
            f"LlavaForConditionalGeneration ({type(cause).__name__})",
            hint="name a model of that class",
        ) from cause


def load_words(
    path: Path, model: RewardModel, index: RewardIndex, *, reply: bool = False
) -> RowWriter:
    """The writer of token rows for a backbone.

    Args:
        reply: let captions be the model's own reply, whatever the template in ``index``.
    Raises: PackCorrupt.
    """
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
    except Exception as cause:
        raise PackCorrupt(
            f"the reward's backbone {path.name!r} has no tokenizer that loads",
            hint="save the tokenizer beside the model",
        ) from cause
    return RowWriter(
        tokenizer,
        image_id=model.config.image_token_id,
        visual_tokens=model.visual_tokens,
        max_tokens=min(index.max_tokens, model.config.text_config.max_position_embeddings),
        template=index.template,
        reply=reply,
    )


def load_perspective(model: RewardModel, folder: PerspectiveFolder) -> None:
    """Add one perspective of a directory to a model.

    Raises: PackCorrupt: tensors are missing, of another size, or adapt what is frozen.
    """
    from safetensors.torch import load_file

    config = folder.config
    tensors = _lora_tensors(load_file(folder.path / LORA / "adapter_model.safetensors"), folder)
    lora = _lora_config(folder, tensors)
    perspective = model.add(
        folder.name,
        lora,
        config.head,
        skip=config.skip_attention,
        likelihood=config.likelihood,
    )
    own = dict(model.language_model.named_parameters())
    adapter = adapter_name(folder.name)
    expected = {k for k in own if f".{adapter}." in k}
    given = {}
    for (layer, module, matrix), tensor in tensors.items():
        given[f"base_model.model.layers.{layer}.{module}.lora_{matrix}.{adapter}.weight"] = tensor
    if expected != set(given):
        odd = sorted(expected ^ set(given))[0]
        raise PackCorrupt(
            f"the LoRA of {folder.name!r} does not fit this backbone: {odd}",
            hint="name the backbone that it was trained on",
        )
    with torch.no_grad():
        for name, tensor in given.items():
            own[name].copy_(tensor)
    state = _part_tensors(load_file(folder.path / WEIGHTS))
    if not any(key.startswith("multi_modal_projector.") for key in state):
        projector = model.projector.state_dict()  # Trained without it: the backbone's own.
        state.update({f"multi_modal_projector.{key}": value for key, value in projector.items()})
    perspective.load_state_dict(state)


def _lora_tensors(
    tensors: dict[str, Tensor], folder: PerspectiveFolder
) -> dict[tuple[str, str, str], Tensor]:
    """Tensors by (layer, module inside it, A or B)."""
    found = {}
    for name, tensor in tensors.items():
        match = _LAYER.search(name)
        if match is None or "vision" in name:
            raise PackCorrupt(
                f"the LoRA of {folder.name!r} adapts {name!r}; only layers of the language "
                "model can be adapted, the vision tower is shared",
                hint="use a checkpoint with a frozen vision tower",
            )
        found[match[1], match[2], match[3]] = tensor
    return found


def _lora_config(folder: PerspectiveFolder, tensors: dict[tuple[str, str, str], Tensor]) -> Any:
    """The LoRA's own settings, with rank and targets as the tensors have them."""
    import json

    from peft import LoraConfig

    saved = json.loads((folder.path / LORA / "adapter_config.json").read_text("utf-8"))
    rank = next(tensor.shape[0] for (_, _, matrix), tensor in tensors.items() if matrix == "A")
    return LoraConfig(
        r=rank,
        lora_alpha=saved.get("lora_alpha", rank),
        use_rslora=bool(saved.get("use_rslora", False)),
        target_modules=sorted({module.split(".")[-1] for _, module, _ in tensors}),
        lora_dropout=0.0,
        bias="none",
    )


def _part_tensors(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """SkipCA, head and projector by our names, from whatever stands before them."""
    found = {}
    for name, tensor in tensors.items():
        pieces = name.split(".")
        if "multi_modal_projector" in pieces:
            found[".".join(pieces[pieces.index("multi_modal_projector") :])] = tensor
        elif len(pieces) > 1 and pieces[-2] in _PARTS:
            found[f"{_PARTS[pieces[-2]]}.{pieces[-1]}"] = tensor
    return found
