"""The tokenizer of phrases and captions, as CLIP's text towers need it."""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import PreTrainedTokenizerFast

SPECIAL = ("[PAD]", "[UNK]", "[BOS]", "[EOS]")
PAD_ID, _, BOS_ID, EOS_ID = range(len(SPECIAL))
"""A text is what its tower makes of the end token."""


def clip_tokenizer(words: Iterable[str], longest: int) -> PreTrainedTokenizerFast:
    """Make a lower-casing word tokenizer; unlisted words become the unknown token.

    Args:
        words: what it knows.
        longest: most tokens, the beginning and the end included.
    """
    vocabulary = {token: number for number, token in enumerate([*SPECIAL, *sorted(set(words))])}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))  # noqa: S106
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="[BOS] $A [EOS]", special_tokens=[("[BOS]", BOS_ID), ("[EOS]", EOS_ID)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=longest,
        model_input_names=["input_ids", "attention_mask"],
        pad_token="[PAD]",  # noqa: S106
        unk_token="[UNK]",  # noqa: S106
        bos_token="[BOS]",  # noqa: S106
        eos_token="[EOS]",  # noqa: S106
    )
