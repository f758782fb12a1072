"""Build a new dual encoder of the CLIP class at a named size."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from transformers import CLIPConfig, CLIPModel, PreTrainedTokenizerFast

from maquette.training.vision import tower
from maquette.training.vision.tokens import BOS_ID, EOS_ID, PAD_ID, clip_tokenizer
from maquette.training.vision.tower import TowerSize
from maquette.training.world.vocabulary import words

MAX_TOKENS = 64
"""Longest caption, its beginning and its end included."""


@dataclass(frozen=True)
class EncoderSize:
    """Dimensions of a dual encoder."""

    tower: TowerSize = tower.BUNDLED
    text_width: int = 192
    text_depth: int = 4
    text_heads: int = 3
    shared: int = 192
    """Width of the common space."""


BUNDLED = EncoderSize()
"""The one in the pack: 6.5 million parameters, 13 MB in float16."""
TOY = EncoderSize(tower.TOY, 32, 1, 2, 32)
"""For smoke runs and tests."""


def build_tokenizer() -> PreTrainedTokenizerFast:
    """Make the tokenizer of captions of the world."""
    return clip_tokenizer(words(), MAX_TOKENS)


def build_dual_encoder(size: EncoderSize, vocabulary: int, seed: int) -> CLIPModel:
    """Make a model without dropout; the same seed gives the same weights."""
    torch.manual_seed(seed)
    config = CLIPConfig(
        text_config={
            "vocab_size": vocabulary,
            "hidden_size": size.text_width,
            "intermediate_size": 3 * size.text_width,
            "num_hidden_layers": size.text_depth,
            "num_attention_heads": size.text_heads,
            "max_position_embeddings": MAX_TOKENS,
            "hidden_act": tower.ACTIVATION,
            "pad_token_id": PAD_ID,
            "bos_token_id": BOS_ID,
            "eos_token_id": EOS_ID,
        },
        vision_config=tower.tower_settings(size.tower),
        projection_dim=size.shared,
    )
    model = CLIPModel(config)
    tower.start_tower(model.vision_model, torch.Generator().manual_seed(seed))
    return model
