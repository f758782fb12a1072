"""Words to token rows: the user's turn with room for the picture, ended by EOS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from maquette.model_servers.reward.directory import CAPTION, IMAGE
from maquette.model_servers.reward.likelihood import ToldWords
from maquette.model_servers.understanding.prompts import INSTRUCTIONS, chat_text
from maquette.records.errors import InvalidInput, PackCorrupt


@dataclass(frozen=True)
class TokenRows:
    """Rows of one length, padded on the right. ``B`` rows, ``T`` tokens."""

    ids: Tensor
    """int64 (B, T)."""
    mask: Tensor
    """int64 (B, T): 1 for a token, 0 for padding."""
    ends: Tensor
    """int64 (B,): position of EOS, where the reward is read."""
    starts: Tensor
    """int64 (B,): position of the caption's first token."""

    def to(self, device: torch.device | str) -> TokenRows:
        """The same rows on another device."""
        parts = (self.ids, self.mask, self.ends, self.starts)
        return TokenRows(*(part.to(device) for part in parts))

    def words(self, members: Sequence[int]) -> ToldWords:
        """The captions' words in some of the rows, which are counted anew."""
        places = torch.arange(self.ids.shape[1], device=self.ids.device)
        starts, ends = self.starts[members, None], self.ends[members, None]
        rows, found = ((places >= starts) & (places < ends)).nonzero(as_tuple=True)
        return ToldWords(rows=rows, places=found, rewards=rows, count=len(starts))


class RowWriter:
    """Writes ``BOS <before> <image>... <after with the caption> EOS``.

    No rubric is added: what "better" means is in the weights alone (LLaVA-Reward, dataset code).
    The assistant's turn is left out, unless the caption is to be read as the model's own words.
    """

    def __init__(
        self,
        tokenizer: Any,
        *,
        image_id: int,
        visual_tokens: int,
        max_tokens: int,
        template: str | None = None,
        reply: bool = False,
    ) -> None:
        """
        Args:
            template: the person's turn with {image} and {caption}; None: in the tokenizer's own
                chat form, without the assistant's turn.
            reply: write the caption as the assistant's turn instead, after a request to describe
                the picture; ``template`` is not used.
        Raises: PackCorrupt: the tokenizer has no end-of-sequence token.
        """
        if tokenizer.eos_token_id is None:
            raise PackCorrupt(
                "the tokenizer of the reward's backbone has no eos token; the reward is read there",
                hint="save the tokenizer with an eos_token",
            )
        self._tokenizer = tokenizer
        self._image_id, self._visual_tokens = image_id, visual_tokens
        token = str(tokenizer.convert_ids_to_tokens(image_id))
        turn = chat_reply(tokenizer, token) if reply else template or chat_turn(tokenizer, token)
        self._before, _, self._after = turn.partition(IMAGE)
        self._max_tokens = max_tokens
        self.start = len(self._up_to_picture("")) + len(
            self._words(self._after.partition(CAPTION)[0])
        )
        """Where a caption's first token stands, in a form that ends with the caption."""

    def picture_ids(self) -> list[int]:
        """What stands before the caption in every row: the picture's places are the last.

        Raises: ValueError: in this chat form the caption stands before the picture.
        """
        if CAPTION in self._before:
            raise ValueError("the caption stands before the picture in this chat form")
        return self._up_to_picture("")

    def ids(self, caption: str) -> list[int]:
        """The tokens of one row. Raises: InvalidInput: the caption is too long; it is not cut."""
        tokens = [
            *self._up_to_picture(caption),
            *self._words(self._after.replace(CAPTION, caption)),
            self._tokenizer.eos_token_id,
        ]
        if len(tokens) > self._max_tokens:
            raise InvalidInput(
                f"the caption {caption[:60]!r}... makes a row of {len(tokens)} tokens; "
                f"at most {self._max_tokens} are read",
                hint="shorten it",
            )
        return tokens

    def _up_to_picture(self, caption: str) -> list[int]:
        bos = self._tokenizer.bos_token_id
        return [
            *(() if bos is None else (bos,)),
            *self._words(self._before.replace(CAPTION, caption)),
            *(self._image_id,) * self._visual_tokens,
        ]

    def _words(self, text: str) -> list[int]:
        # A caption cannot bring pictures or ends of its own.
        ids = self._tokenizer(text, add_special_tokens=False)
        refused = {self._image_id, self._tokenizer.eos_token_id}
        return [token for token in ids["input_ids"] if token not in refused]


def chat_turn(tokenizer: Any, image_token: str) -> str:
    """A person's turn in a model's chat form, with {image} and {caption} in their places."""
    if not getattr(tokenizer, "chat_template", None):
        return f"USER: {IMAGE}\n{CAPTION}"
    content = [{"type": "image"}, {"type": "text", "text": CAPTION}]
    turn = tokenizer.apply_chat_template(
        [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=False
    )
    return str(turn).replace(image_token, IMAGE, 1)


def chat_reply(tokenizer: Any, image_token: str) -> str:
    """A description as the model's own words, with {image} and {caption} in their places."""
    asked = chat_text(tokenizer, INSTRUCTIONS["long"], image_token)
    return f"{asked.replace(image_token, IMAGE, 1)} {CAPTION}"


def padded(rows: Sequence[Sequence[int]], starts: Sequence[int], length: int = 0) -> TokenRows:
    """Pad rows, which end with EOS, on the right to the longest, or to ``length`` if longer.

    Args:
        starts: where the caption starts in each row.
    """
    length = max(length, *(len(row) for row in rows))
    ids = torch.full((len(rows), length), rows[0][-1])
    mask = torch.zeros_like(ids)
    for k, row in enumerate(rows):
        ids[k, : len(row)] = torch.tensor(row)
        mask[k, : len(row)] = 1
    return TokenRows(ids, mask, mask.sum(1) - 1, torch.tensor(starts))
