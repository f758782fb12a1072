"""Tiny dual encoders and guards with random weights, saved as packs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from maquette.training.embedding.components import MAX_TOKENS
from maquette.training.embedding.components import build_tokenizer as build_clip_tokenizer
from maquette.training.embedding.export import export_pack
from maquette.training.recipes.components import build_tokenizer
from maquette.training.world.vocabulary import words


def save_dual_encoder(folder: Path, seed: int = 1) -> Path:
    """A SigLIP of a few thousand weights in a directory with a manifest."""
    import torch
    from transformers import SiglipConfig, SiglipModel

    torch.manual_seed(seed)
    shared = {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 2}
    tokens = {"vocab_size": len(build_clip_tokenizer()), "max_position_embeddings": MAX_TOKENS}
    config = SiglipConfig(
        text_config={**shared, **tokens, "num_hidden_layers": 1, "projection_size": 32},
        vision_config={**shared, "num_hidden_layers": 1, "image_size": 64, "patch_size": 32},
    )
    return export_pack(SiglipModel(config), folder, "#\n")


def save_clip(folder: Path) -> Path:
    """A tiny CLIP as another publisher would save it: no manifest, its own preprocessor."""
    import torch
    from transformers import CLIPConfig, CLIPModel

    tokenizer: Any = build_tokenizer(words())
    torch.manual_seed(2)
    shared = {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 2}
    text = {"vocab_size": len(tokenizer), "max_position_embeddings": 20, "eos_token_id": 2}
    config = CLIPConfig(
        text_config={**shared, **text, "num_hidden_layers": 1, "bos_token_id": 2},
        vision_config={**shared, "num_hidden_layers": 1, "image_size": 32, "patch_size": 16},
        projection_dim=24,
    )
    CLIPModel(config).save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)
    return folder
