"""Build a new dual encoder of the SigLIP class at a named size, with random weights."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from transformers import SiglipConfig, SiglipModel

MAX_TOKENS = 64
"""Longest caption; every caption is padded to it, as the class expects."""


@dataclass(frozen=True)
class EncoderSize:
    """Dimensions of a dual encoder."""

    width: int = 192
    """Width of both towers and of the common space."""
    heads: int = 3
    patch_px: int = 20
    side_px: int = 240
    """12 by 12 patches: twice as fast as 16 by 16 of 256 px, and no thing is smaller than one."""
    vision_depth: int = 6
    text_depth: int = 4


BUNDLED = EncoderSize()
"""The one in the pack: 4.9 million parameters, 10 MB in float16."""
TOY = EncoderSize(width=32, heads=2, patch_px=32, side_px=64, vision_depth=1, text_depth=1)
"""For smoke runs and tests."""


def build_dual_encoder(size: EncoderSize, vocabulary: int, seed: int) -> SiglipModel:
    """Make a model without dropout; the same seed gives the same weights."""
    torch.manual_seed(seed)
    shared = {"hidden_size": size.width, "num_attention_heads": size.heads}
    config = SiglipConfig(
        text_config={
            **shared,
            "vocab_size": vocabulary,
            "intermediate_size": 3 * size.width,
            "num_hidden_layers": size.text_depth,
            "max_position_embeddings": MAX_TOKENS,
            "projection_size": size.width,
            "pad_token_id": 0,
            "bos_token_id": 2,
            "eos_token_id": 0,
        },
        vision_config={
            **shared,
            "intermediate_size": 4 * size.width,
            "num_hidden_layers": size.vision_depth,
            "image_size": size.side_px,
            "patch_size": size.patch_px,
        },
    )
    model = SiglipModel(config)
    model.logit_scale.data.fill_(2.66)  # 1 / 0.07, where CLIP starts
    return model
