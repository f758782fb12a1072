"""Build a new model that sees and speaks, at a named size, with random weights."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from tokenizers import Tokenizer, decoders
from tokenizers.models import WordPiece
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing
from transformers import (
    CLIPVisionConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    PreTrainedTokenizerFast,
)

from maquette.model_servers.understanding.prompts import BUNDLED_TEMPLATE, INSTRUCTIONS
from maquette.training.vision import tower
from maquette.training.vision.tower import TowerSize

SPECIAL = {
    "pad_token": "<pad>",
    "unk_token": "<unk>",
    "bos_token": "<s>",
    "eos_token": "</s>",
}
PICTURE = "<image>"
"""The token in whose places a picture's features are put."""
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
MARKS = ". , : ; ? ! ' \" - ( )"
MORE = "##"
"""Stands before a piece that goes on with a word."""


@dataclass(frozen=True)
class SeerSize:
    """Dimensions of a model that sees and speaks."""

    tower: TowerSize = tower.BUNDLED
    """Each of its patches becomes one token."""
    width: int = 256
    """Width of the language model."""
    depth: int = 4
    heads: int = 4
    hidden: int = 704
    """Inner width of the language model's networks."""
    positions: int = 768
    """Longest row of tokens, the picture's included."""


BUNDLED = SeerSize()
"""The model in the pack: some 9 million numbers."""
TOY = SeerSize(tower.TOY, 32, 1, 4, 48, 512)
"""For smoke runs and tests."""


def build_tokenizer(words: list[str]) -> PreTrainedTokenizerFast:
    """Make a lower-casing tokenizer: a known word is one token, any other is spelled."""
    asked = " ".join(INSTRUCTIONS.values()).lower().replace(".", " ").split()
    known = sorted({*words, *asked, "question", "answer"} - {*LETTERS, *MARKS.split()})
    pieces = [*LETTERS, *(MORE + letter for letter in LETTERS), *MARKS.split(), *known]
    vocabulary = {t: i for i, t in enumerate([*SPECIAL.values(), PICTURE, *pieces])}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token=SPECIAL["unk_token"]))
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(prefix=MORE, cleanup=True)
    start = SPECIAL["bos_token"]
    tokenizer.post_processor = TemplateProcessing(
        single=f"{start} $A", special_tokens=[(start, vocabulary[start])]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        additional_special_tokens=[PICTURE],
        chat_template=BUNDLED_TEMPLATE,
        model_input_names=["input_ids", "attention_mask"],
        **SPECIAL,
    )


def spell(word: str) -> list[str]:
    """The pieces of a word letter by letter, known word or not; what is no letter is left out."""
    letters = [letter for letter in word.lower() if letter in LETTERS]
    return [letter if k == 0 else MORE + letter for k, letter in enumerate(letters)]


def build_seer(
    size: SeerSize, tokenizer: PreTrainedTokenizerFast, seed: int
) -> LlavaForConditionalGeneration:
    """Make a LLaVA model: a CLIP tower, a two-layer projector and a Llama."""
    torch.manual_seed(seed)
    text = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=size.width,
        intermediate_size=size.hidden,
        num_hidden_layers=size.depth,
        num_attention_heads=size.heads,
        max_position_embeddings=size.positions,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        tie_word_embeddings=True,
    )
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(**tower.tower_settings(size.tower)),
        text_config=text,
        image_token_index=tokenizer.get_vocab()[PICTURE],
        image_seq_length=size.tower.grid**2,
        vision_feature_layer=-1,
        vision_feature_select_strategy="default",
        tie_word_embeddings=True,
    )
    model = LlavaForConditionalGeneration(config)
    tower.start_tower(model.model.vision_tower, torch.Generator().manual_seed(seed))
    return model
