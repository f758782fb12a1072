"""Build the parts of a new generator at a named size, with random weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import DistilBertConfig, DistilBertModel, PreTrainedTokenizerFast

from maquette.model_servers.generation.layout_flow.layout import GEOMETRY
from maquette.model_servers.generation.layout_flow.pipeline import LayoutFlowPipeline
from maquette.model_servers.generation.layout_flow.prior import LayoutPrior
from maquette.model_servers.generation.layout_flow.text import MAX_TOKENS
from maquette.model_servers.generation.layout_flow.transformer import LayoutFlowTransformer

SPECIAL = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]"}
"""Padding, unknown word, and the start token that stands before every text."""


@dataclass(frozen=True)
class GeneratorSize:
    """Dimensions of a generator."""

    autoencoder_widths: tuple[int, int, int] = (64, 128, 192)
    """Features at 1/4, 1/8 and 1/16 of the picture's side."""
    latent_channels: int = 16
    """Channels of a latent cell."""
    cells: int = 16
    """Latent cells on a side."""
    text_width: int = 192
    """Width of the text encoder."""
    text_depth: int = 2
    """Layers of the text encoder."""
    width: int = 256
    """Width of the transformer."""
    depth: int = 8
    """Blocks of the transformer."""
    heads: int = 4
    """Attention heads of the transformer."""
    glyph_width: int = 32
    """Features of letters to print."""
    refiner_width: int = 128
    """Features of the convolutional stream."""
    refiner_blocks: int = 3
    """Its residual blocks."""
    prior_width: int = 160
    """Width of the layout prior."""
    prior_depth: int = 4
    """Layers of the layout prior."""


BUNDLED = GeneratorSize(latent_channels=24)
"""The generator in the pack."""
TOY = GeneratorSize((8, 8, 16), 16, 16, 32, 1, 32, 2, 2, 4, 8, 1, 16, 1)
"""For smoke runs and tests."""


def build_tokenizer(words: list[str]) -> PreTrainedTokenizerFast:
    """Make a lower-casing word tokenizer; unlisted words become the unknown token."""
    vocabulary = {token: i for i, token in enumerate([*SPECIAL.values(), *words])}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token=SPECIAL["unk_token"]))
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = Whitespace()
    start = SPECIAL["cls_token"]
    tokenizer.post_processor = TemplateProcessing(
        single=f"{start} $A", special_tokens=[(start, vocabulary[start])]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=MAX_TOKENS,
        model_input_names=["input_ids", "attention_mask"],
        **SPECIAL,
    )


def build_text_encoder(size: GeneratorSize, vocabulary: int, seed: int) -> DistilBertModel:
    """Make a small DistilBERT without dropout."""
    torch.manual_seed(seed)
    config = DistilBertConfig(
        vocab_size=vocabulary,
        dim=size.text_width,
        n_layers=size.text_depth,
        n_heads=size.text_width // 32,
        hidden_dim=3 * size.text_width,
        max_position_embeddings=MAX_TOKENS,
        dropout=0.0,
        attention_dropout=0.0,
        pad_token_id=0,
    )
    return DistilBertModel(config)


def build_transformer(size: GeneratorSize, seed: int) -> LayoutFlowTransformer:
    """Make a transformer that fits the other parts of the same size."""
    torch.manual_seed(seed)
    return LayoutFlowTransformer(
        latent_channels=size.latent_channels,
        cells=size.cells,
        text_width=size.text_width,
        layout_geometry=GEOMETRY,
        width=size.width,
        depth=size.depth,
        heads=size.heads,
        source_port=True,
        glyph_width=size.glyph_width,
        concept_port=True,
        refiner_width=size.refiner_width,
        refiner_blocks=size.refiner_blocks,
        stride_port=True,
    )


def build_prior(size: GeneratorSize, vocabulary: int, seed: int) -> LayoutPrior:
    """Make a layout prior over the words of a tokenizer."""
    torch.manual_seed(seed)
    return LayoutPrior(vocabulary, width=size.prior_width, depth=size.prior_depth)


def assemble(
    autoencoder: Any, transformer: Any, text_encoder: Any, tokenizer: Any, prior: Any = None
) -> Any:
    """Put parts and an Euler scheduler together as a pipeline."""
    from diffusers import FlowMatchEulerDiscreteScheduler

    return LayoutFlowPipeline(
        autoencoder=autoencoder.eval(),
        transformer=transformer.eval(),
        text_encoder=text_encoder.eval(),
        tokenizer=tokenizer,
        scheduler=FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, shift=1.0),
        layout_prior=None if prior is None else prior.eval(),
    )
