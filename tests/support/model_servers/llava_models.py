"""Tiny LLaVA directories with random weights, of two unlike families."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from transformers import (
    CLIPVisionConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    PreTrainedTokenizerFast,
)

from maquette.training.understanding.components import TOY, build_seer, build_tokenizer

WORDS = ["a", "blue", "circle", "is", "many", "no", "of", "picture", "red", "there", "what", "yes"]


def save_small_seer(folder: Path) -> Path:
    """The bundled model's family at toy size: SigLIP tower, word pieces, a chat template."""
    tokenizer = build_tokenizer(WORDS)
    model = build_seer(TOY, tokenizer, seed=3)
    _lively(model)
    model.save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)
    settings = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3, "resample": 2}
    (folder / "preprocessor_config.json").write_text(json.dumps(settings))
    return folder


def save_clip_seer(folder: Path) -> Path:
    """LLaVA 1.5's family: CLIP tower with a class token, byte pieces, no chat template."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    names = ["<unk>", "<s>", "</s>", "<image>", *alphabet]
    core = Tokenizer(BPE({name: k for k, name in enumerate(names)}, [], unk_token="<unk>"))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    core.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core,
        unk_token="<unk>",
        bos_token="<s>",
        eos_token="</s>",
        additional_special_tokens=["<image>"],
    )
    torch.manual_seed(4)
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(
            hidden_size=48,
            intermediate_size=64,
            num_hidden_layers=3,
            num_attention_heads=3,
            image_size=42,
            patch_size=14,
            projection_dim=16,
        ),
        text_config=LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=40,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=1,
            max_position_embeddings=700,
            bos_token_id=1,
            eos_token_id=2,
        ),
        image_token_index=3,
        image_seq_length=9,
    )
    model = LlavaForConditionalGeneration(config)
    _lively(model)
    model.save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)
    settings = {
        "do_center_crop": True,
        "image_mean": [0.48, 0.46, 0.41],
        "image_std": [0.27, 0.26, 0.28],
        "resample": 3,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(settings))
    return folder


def _lively(model: torch.nn.Module) -> None:
    """Weights large enough that pictures and words make a difference."""
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for tensor in model.parameters():
            if tensor.dim() > 1:
                tensor.copy_(torch.randn(tensor.shape, generator=generator) * 0.3)
