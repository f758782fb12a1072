"""Start a larger model from a smaller one that was trained before.

What both have is copied; what is new changes nothing at first: new latent channels are not
heard and stay silent, new blocks pass their input on, new ports are shut, and words the old
model did not know start at random.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from maquette.model_servers.generation.layout_flow.autoencoder import LayoutAutoencoder
from maquette.model_servers.generation.layout_flow.pipeline import LayoutFlowPipeline
from maquette.model_servers.generation.layout_flow.transformer import PATCH, LayoutFlowTransformer


def open_start(work: Path) -> Any | None:
    """Load the pack that a training starts from, ``work/start``; None without one."""
    folder = work / "start"
    if not (folder / "model_index.json").exists():
        return None
    return LayoutFlowPipeline.from_pretrained(folder, local_files_only=True, use_safetensors=True)


def known_latents(work: Path) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """Mean and deviation of latents that the start fixed, if there is one."""
    start = open_start(work)
    if start is None:
        return None
    config = start.autoencoder.config
    return tuple(config.latent_mean), tuple(config.latent_std)


@torch.no_grad()
def grow_autoencoder(new: LayoutAutoencoder, old: LayoutAutoencoder) -> None:
    """Copy an autoencoder of as many or fewer latent channels.

    New channels encode what their fresh weights say, and the decoder does not hear them yet.
    Raises: ValueError: if the new one has fewer channels.
    """
    channels = old.config.latent_channels
    if new.config.latent_channels < channels:
        raise ValueError(
            f"{new.config.latent_channels} latent channels cannot hold the {channels} of the start"
        )
    state = new.state_dict()
    for name, value in old.state_dict().items():
        mine = state[name]
        if mine.shape == value.shape:
            mine.copy_(value)
        elif name == "decoder.0.weight":
            mine.zero_()
            mine[:, :channels] = value
        else:  # the encoder's last convolution
            mine[:channels] = value


@torch.no_grad()
def grow_transformer(new: LayoutFlowTransformer, old: LayoutFlowTransformer) -> None:
    """Copy a transformer of the same width, with as many or fewer channels, blocks and ports."""
    few, many = old.config.latent_channels, new.config.latent_channels
    state = new.state_dict()
    for name, value in old.state_dict().items():
        mine = state[name]
        if mine.shape == value.shape:
            mine.copy_(value)
        elif name == "to_tokens.weight":  # (D, latents + painted, 2, 2)
            mine.zero_()
            mine[:, :few] = value[:, :few]
            mine[:, many:] = value[:, few:]
        elif name.startswith("to_velocity"):  # (4 C, ...)
            mine.zero_()
            mine[: few * PATCH * PATCH] = value
        else:
            raise ValueError(
                f"{name} has shape {tuple(value.shape)} at the start and {tuple(mine.shape)} now"
            )
    blocks: list[Any] = list(new.blocks)
    for block in blocks[old.config.depth :]:
        block.start_as_identity()


@torch.no_grad()
def grow_text_encoder(
    new: nn.Module, new_tokenizer: Any, old: nn.Module, old_tokenizer: Any
) -> int:
    """Copy a text encoder, word by word.

    Returns: how many words were known.
    """
    state = new.state_dict()
    words = "embeddings.word_embeddings.weight"
    for name, value in old.state_dict().items():
        if name != words:
            state[name].copy_(value)
    known = old_tokenizer.get_vocab()
    found = {w: i for w, i in new_tokenizer.get_vocab().items() if w in known}
    rows: Tensor = state[words]
    for word, index in found.items():
        rows[index] = old.state_dict()[words][known[word]]
    return len(found)
