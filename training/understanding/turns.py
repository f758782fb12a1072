"""Turns of talk about a scene, and many turns about one picture packed into one row.

Each turn sees the picture and itself, never another turn, and stands where it would stand
alone: a packed row trains exactly what single questions ask, and the picture is paid for once.

Notation: ``B`` rows, ``L`` tokens of a row, ``N`` picture tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from maquette.model_servers.understanding.prompts import INSTRUCTIONS, chat_text
from maquette.training.understanding.claims import claims
from maquette.training.understanding.components import PICTURE, spell
from maquette.training.understanding.reports import Report, report
from maquette.training.world.scene import Scene
from maquette.training.world.telling.questions import questions

QUESTIONS = 9
"""Most questions asked about a picture in one row."""
RELATED = 2
"""How often more than others the slowest to learn are offered: relations."""
CLAIMED_SHARE = 0.6
"""Pictures of which two captions are asked, a true and a false one."""
BLIND_SHARE = 0.06
"""Questions asked without the picture, so that answers by habit are calibrated ones."""
IGNORED = -100
_SLOT = "SLOT"


@dataclass(frozen=True)
class Turn:
    """What is asked and what is to be said, as token ids; the ending is part of the answer."""

    kind: str
    prompt: tuple[int, ...]
    answer: tuple[int, ...]
    blind: bool = False


@dataclass(frozen=True)
class Packed:
    """A batch of rows."""

    ids: Tensor
    """int64 (B, L): start, picture places, turns, padding."""
    positions: Tensor
    """int64 (B, L)."""
    mask: Tensor
    """bool (B, 1, L, L): row may see column."""
    targets: Tensor
    """int64 (B, L): the next token where it is to be learned, else ``IGNORED``."""
    described: Tensor
    """bool (B, L): the target belongs to a description rather than an answer."""


class Talker:
    """Makes turns with one tokenizer."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        self._encoder = tokenizer.backend_tokenizer
        self.start = int(tokenizer.bos_token_id)
        self.end = int(tokenizer.eos_token_id)
        self.padding = int(tokenizer.pad_token_id)
        self._vocabulary = tokenizer.get_vocab()
        self.picture = self._vocabulary[PICTURE]
        before, after = chat_text(tokenizer, _SLOT, None).split(_SLOT)
        self._before, self._after = self._ids(before), self._ids(after)
        self._instructions = {style: self.prompt(words) for style, words in INSTRUCTIONS.items()}

    def prompt(self, words: str) -> tuple[int, ...]:
        """Ids of a turn's question, without start and picture."""
        return (*self._before, *self._ids(words), *self._after)

    def turns(self, scene: Scene, rng: np.random.Generator) -> list[Turn]:
        """Both descriptions, claims and some questions about a scene, in this order."""
        found = [
            Turn(style, self._instructions[style], (*self._report(report(scene, style)), self.end))
            for style in ("long", "short")
        ]
        if rng.random() < CLAIMED_SHARE:
            for claim in claims(scene, rng):
                answer = (*self._ids(claim.answer), self.end)
                found.append(Turn(claim.kind, self.prompt(claim.question), answer))
        asked = questions(scene, rng)
        for _ in range(RELATED):
            asked += questions(scene, rng, kinds=("relation",))
        for k in rng.permutation(len(asked))[:QUESTIONS]:
            question = asked[k]
            spelled = question.kind == "text" and question.answer not in ("yes", "no")
            answer = self._spelled(question.answer) if spelled else self._ids(question.answer)
            blind = bool(rng.random() < BLIND_SHARE)
            turn = Turn(question.kind, self.prompt(question.question), (*answer, self.end), blind)
            found.append(turn)
        return found

    def _report(self, said: Report) -> tuple[int, ...]:
        if not said.printed:
            return self._ids(said.text)
        before, after = self._ids(f'{said.text} the text says "'), self._ids('".')
        return (*before, *self._spelled(" ".join(said.printed)), *after)

    def _spelled(self, text: str) -> tuple[int, ...]:
        pieces = [piece for word in text.split() for piece in spell(word)]
        return tuple(self._vocabulary[piece] for piece in pieces)

    def _ids(self, text: str) -> tuple[int, ...]:
        return tuple(self._encoder.encode(text, add_special_tokens=False).ids)


def pack(rows: Sequence[Sequence[Turn]], talker: Talker, pictures: int, length: int) -> Packed:
    """Put the turns about each picture into one row; turns that do not fit are left out.

    Args:
        rows: turns about each picture, the most wanted first.
        pictures: picture tokens ``N``.
        length: tokens of a row ``L``.
    Raises: ValueError: if a row holds no place for turns.
    """
    prefix = 1 + pictures
    if length <= prefix:
        raise ValueError(f"a row of {length} tokens holds no turn after {prefix} of the picture")
    count = len(rows)
    ids = np.full((count, length), talker.padding, np.int64)
    ids[:, 0], ids[:, 1:prefix] = talker.start, talker.picture
    positions = np.tile(np.arange(length), (count, 1))
    turn_of = np.full((count, length), -1, np.int64)
    turn_of[:, :prefix] = 0
    blind = np.zeros((count, length), bool)
    targets = np.full((count, length), IGNORED, np.int64)
    described = np.zeros((count, length), bool)
    for r, turns in enumerate(rows):
        at = prefix
        for k, turn in enumerate(turns, 1):
            tokens = (*turn.prompt, *turn.answer)
            end = at + len(tokens)
            if end > length:
                continue
            ids[r, at:end], turn_of[r, at:end], blind[r, at:end] = tokens, k, turn.blind
            first = 1 if turn.blind else prefix
            positions[r, at:end] = np.arange(first, first + len(tokens))
            said = at + len(turn.prompt) - 1
            targets[r, said : end - 1] = turn.answer
            described[r, said : end - 1] = turn.kind in INSTRUCTIONS
            at = end
    causal = np.tri(length, dtype=bool)[None]
    own = turn_of[:, :, None] == turn_of[:, None, :]
    shown = (turn_of[:, None, :] == 0) & ~blind[:, :, None]
    shown[:, :, 0] = True
    mask = causal & (own | shown)  # (B, L, L)
    return Packed(
        torch.from_numpy(ids),
        torch.from_numpy(positions),
        torch.from_numpy(mask)[:, None],
        torch.from_numpy(targets),
        torch.from_numpy(described),
    )
