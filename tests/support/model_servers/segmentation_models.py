"""A tiny CLIPSeg directory with random weights, of any size."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import CLIPSegConfig, CLIPSegForImageSegmentation, PreTrainedTokenizerFast


def save_clipseg(folder: Path, *, side_px: int = 32, patch_px: int = 16, width: int = 16) -> Path:
    """Save a model that knows the words "red", "circle" and "the"."""
    torch.manual_seed(3)
    config = CLIPSegConfig(
        text_config={
            "vocab_size": 8, "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1,
            "num_attention_heads": 2, "max_position_embeddings": 12, "pad_token_id": 0,
            "bos_token_id": 6, "eos_token_id": 3,
        },
        vision_config={
            "hidden_size": width, "intermediate_size": 16, "num_hidden_layers": 2,
            "num_attention_heads": 2, "image_size": side_px, "patch_size": patch_px,
        },
        projection_dim=8, extract_layers=[0, 1], reduce_dim=8, decoder_num_attention_heads=2,
        decoder_intermediate_size=8,
    )  # fmt: skip
    CLIPSegForImageSegmentation(config).save_pretrained(folder, safe_serialization=True)
    words = {"[PAD]": 0, "[UNK]": 1, "red": 2, "[EOS]": 3, "circle": 4, "the": 5}
    tokenizer = Tokenizer(WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(single="$A [EOS]", special_tokens=[("[EOS]", 3)])
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", eos_token="[EOS]"
    ).save_pretrained(folder)
    plan = {"size": {"height": side_px, "width": side_px}, "image_mean": [0.4, 0.5, 0.6]}
    (folder / "preprocessor_config.json").write_text(json.dumps(plan))
    return folder
