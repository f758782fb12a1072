"""Build a new CLIPSeg model and its tokenizer at a named size, with random weights."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn
from transformers import CLIPSegConfig, CLIPSegForImageSegmentation, PreTrainedTokenizerFast

from maquette.training.vision import tower
from maquette.training.vision.tokens import BOS_ID, EOS_ID, PAD_ID, clip_tokenizer
from maquette.training.vision.tower import TowerSize
from maquette.training.world.vocabulary import words as world_words

MAX_TOKENS = 32
"""Padding, unknown word, and what stands before and after every phrase. The end is not token 2:
the class reads 2 as a mark of old configurations."""
MORE_WORDS = (
    *("background", "printed", "text", "thing", "things", "word", "words", "the", "all"),
    *("that", "is", "are"),
)


@dataclass(frozen=True)
class SegmenterSize:
    """Dimensions of a segmenter."""

    tower: TowerSize = tower.BUNDLED
    """Patches of 16 pixels: the decoder's two transposed convolutions enlarge 4 times each."""
    text_width: int = 192
    text_depth: int = 2
    text_heads: int = 3
    shared: int = 192
    """Width of the space a phrase is told to the decoder in."""
    reduced: int = 96
    """Width of the decoder."""
    decoder_heads: int = 3
    taken: tuple[int, ...] = (0, 2, 5)
    """Layers the decoder looks at, first to last; early ones keep edges."""


BUNDLED = SegmenterSize()
"""The one in the pack: 5.9 million parameters, 12 MB in float16."""
TOY = SegmenterSize(tower.TOY, 32, 1, 2, 32, 16, 2, (0, 1))
"""For smoke runs and tests."""


def build_tokenizer(words: list[str] | None = None) -> PreTrainedTokenizerFast:
    """Make a lower-casing word tokenizer; unlisted words become the unknown token."""
    return clip_tokenizer([*(world_words() if words is None else words), *MORE_WORDS], MAX_TOKENS)


def build_segmenter(size: SegmenterSize, vocabulary: int, seed: int) -> CLIPSegForImageSegmentation:
    """Make a model without dropout; the same seed gives the same weights."""
    torch.manual_seed(seed)
    config = CLIPSegConfig(
        text_config={
            "vocab_size": vocabulary,
            "hidden_size": size.text_width,
            "intermediate_size": 3 * size.text_width,
            "num_hidden_layers": size.text_depth,
            "num_attention_heads": size.text_heads,
            "max_position_embeddings": MAX_TOKENS,
            "pad_token_id": PAD_ID,
            "bos_token_id": BOS_ID,
            "eos_token_id": EOS_ID,
        },
        vision_config=tower.tower_settings(size.tower),
        projection_dim=size.shared,
        extract_layers=list(size.taken),
        reduce_dim=size.reduced,
        decoder_num_attention_heads=size.decoder_heads,
        decoder_intermediate_size=4 * size.reduced,
        use_complex_transposed_convolution=True,
    )
    model = CLIPSegForImageSegmentation(config)
    _start_small(model)
    tower.start_tower(model.clip.vision_model, torch.Generator().manual_seed(seed))
    return model


def _start_small(model: CLIPSegForImageSegmentation) -> None:
    """Give every part a modest start: the class's own leaves logits of several hundred, since
    it was made to be loaded, not to be trained from nothing."""
    for module in model.modules():
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.LayerNorm):
            module.reset_parameters()
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=0.02)
    nn.init.normal_(model.clip.vision_model.embeddings.class_embedding, std=0.02)
    decoder = model.decoder
    # The phrase begins as a small change of a picture that passes unchanged.
    nn.init.normal_(decoder.film_mul.weight, std=0.02)
    nn.init.ones_(decoder.film_mul.bias)
    nn.init.normal_(decoder.film_add.weight, std=0.02)
    # Most pixels are not meant: start at a chance of about one in eight.
    nn.init.constant_(decoder.transposed_convolution[-1].get_parameter("bias"), -2.0)
