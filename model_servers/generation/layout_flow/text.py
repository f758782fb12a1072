"""Words to states, with any transformers tokenizer and encoder.

Notation: ``B`` texts, ``T`` tokens, ``D`` width.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

MAX_TOKENS = 64
"""Captions are cut and padded to this length."""


def tokenise(
    tokenizer: Any, texts: list[str], length: int | None = MAX_TOKENS
) -> tuple[Tensor, Tensor]:
    """Turn texts into token numbers.

    Args:
        tokenizer: a ``PreTrainedTokenizerFast``; adds its own start token.
        texts: B strings; the empty string gives the start token alone.
        length: pad to this many tokens, or to the longest text if None.
    Returns: int64 ids (B, T) and bool mask (B, T), true at tokens.
    """
    batch = tokenizer(
        texts,
        padding="longest" if length is None else "max_length",
        truncation=True,
        max_length=length or MAX_TOKENS,
        return_tensors="pt",
    )
    return batch["input_ids"], batch["attention_mask"].bool()


def states(text_encoder: nn.Module, ids: Tensor, mask: Tensor) -> Tensor:
    """Encode token numbers (B, T) as states (B, T, D); padding does not influence tokens."""
    return text_encoder(input_ids=ids, attention_mask=mask.long()).last_hidden_state


def pool(token_states: Tensor, mask: Tensor) -> Tensor:
    """Average states (B, T, D) over the tokens of ``mask`` (B, T): (B, D)."""
    weight = mask.to(token_states.dtype)[..., None]
    return (token_states * weight).sum(1) / weight.sum(1).clamp(min=1)


def pooled_phrases(text_encoder: nn.Module, tokenizer: Any, phrases: list[str]) -> Tensor:
    """Encode free words as one vector each: (len(phrases), D)."""
    device = next(text_encoder.parameters()).device
    ids, mask = (x.to(device) for x in tokenise(tokenizer, phrases, None))
    with torch.no_grad():
        return pool(states(text_encoder, ids, mask), mask)
