"""Tiny random reward models of the shipped classes, written and loaded as large ones are."""

from __future__ import annotations

from pathlib import Path

import torch
from peft import LoraConfig
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import (
    CLIPImageProcessorPil,
    CLIPVisionConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    PreTrainedTokenizerFast,
)

from maquette.model_servers.reward.directory import PerspectiveConfig, RewardIndex
from maquette.model_servers.reward.heads import HeadKind
from maquette.model_servers.reward.model import RewardModel
from maquette.model_servers.reward.save import save_perspective

SPECIAL = ("[PAD]", "[UNK]", "[BOS]", "[EOS]", "<image>")
_TEXT = (
    "a an the one two three red blue green yellow black circle square star house tree no nothing"
    " left of above to with says question : answer ."
)
WORDS = _TEXT.split()
HEADS = {
    "alignment": HeadKind.BRADLEY_TERRY,
    "fidelity": HeadKind.GENERAL_PREFERENCE,
    "policy": HeadKind.YES_NO,
}


def tiny_backbone(folder: Path, side_px: int = 32, seed: int = 0) -> Path:
    """A LlavaForConditionalGeneration of 16 visual tokens, with tokenizer and pixels' settings."""
    torch.manual_seed(seed)
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(
            hidden_size=24,
            intermediate_size=48,
            num_hidden_layers=2,
            num_attention_heads=2,
            image_size=side_px,
            patch_size=side_px // 4,
        ),
        text_config=LlamaConfig(
            vocab_size=len(SPECIAL) + len(WORDS),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            max_position_embeddings=128,
            pad_token_id=0,
            bos_token_id=2,
            eos_token_id=3,
        ),
        image_token_index=4,
        vision_feature_layer=-1,
    )
    LlavaForConditionalGeneration(config).save_pretrained(folder)
    vocabulary = {word: k for k, word in enumerate((*SPECIAL, *WORDS))}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        bos_token="[BOS]",
        eos_token="[EOS]",
        additional_special_tokens=["<image>"],
    ).save_pretrained(folder)
    CLIPImageProcessorPil(
        size={"height": side_px, "width": side_px}, do_center_crop=False
    ).save_pretrained(folder)
    return folder


def tiny_lora(rank: int = 4) -> LoraConfig:
    """LoRA with an effect from the start."""
    return LoraConfig(
        r=rank, lora_alpha=2 * rank, target_modules=["q_proj", "v_proj"], init_lora_weights=False
    )


def excite(model: RewardModel, seed: int = 1) -> RewardModel:
    """Give heads and SkipCA weights large enough to see."""
    torch.manual_seed(seed)
    for name, parameter in model.perspectives.named_parameters():
        if "W_" in name or "value_head" in name:
            torch.nn.init.normal_(parameter, std=0.3)
    return model


def tiny_reward(folder: Path, heads: dict[str, HeadKind] | None = None) -> Path:
    """A directory with a backbone and several perspectives, in full precision."""
    backbone = tiny_backbone(folder / "backbone")
    model = RewardModel(LlavaForConditionalGeneration.from_pretrained(backbone))
    torch.manual_seed(2)
    for name, kind in (heads or HEADS).items():
        model.add(name, tiny_lora(), kind)
    excite(model)
    for name, kind in (heads or HEADS).items():
        config = PerspectiveConfig(head=kind, about=f"taught {name}")
        save_perspective(model, name, config, folder / name, dtype=torch.float32)
    (folder / "reward.json").write_text(RewardIndex().model_dump_json())
    return folder
