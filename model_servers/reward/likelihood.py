"""How likely the backbone finds a caption's words, as a part of the reward.

A wrong letter in a caption is plain to a model that reads the picture: it would have written
another. The reward at EOS has to learn to notice that; this term says it.

Notation: ``n`` words of all captions, ``R`` rewards, ``D`` width, ``L`` words of the vocabulary.

Source: the likelihood of a caption as its score is VisualGPTScore (Lin et al. 2024, "Revisiting
the Role of Language Priors in Vision-Language Models", section 3); the learned weights are ours:
a sum of plain log-likelihoods counts an unusual turn of phrase as much as a wrong colour.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class ToldWords:
    """The words of captions in rows of tokens, without prompts, padding and ends."""

    rows: Tensor
    """int64 (n,): the row of each."""
    places: Tensor
    """int64 (n,): where it stands; what it follows stands one place before."""
    rewards: Tensor
    """int64 (n,): the reward that it belongs to."""
    count: int
    """Of rewards: R."""

    def to(self, device: torch.device | str) -> ToldWords:
        """The same words on another device."""
        return ToldWords(
            rows=self.rows.to(device),
            places=self.places.to(device),
            rewards=self.rewards.to(device),
            count=self.count,
        )


class WordLikelihood(nn.Module):
    """The sum of a caption's log-likelihoods, each weighed by a linear map of its own state."""

    def __init__(self, width: int) -> None:
        """Starts without effect: training decides which words count, and in which direction."""
        super().__init__()
        self.weigh = nn.Linear(width, 1)
        nn.init.zeros_(self.weigh.weight)
        nn.init.zeros_(self.weigh.bias)

    def forward(
        self, vocabulary: nn.Module, states: Tensor, ids: Tensor, words: ToldWords
    ) -> Tensor:
        """Terms (R, 1), float32, to add to rewards.

        Args:
            vocabulary: the backbone's head, (n, D) to (n, L).
            states: (B, T, D) after the last layer.
            ids: int64 (B, T).
        """
        before = vocabulary(states[words.rows, words.places - 1]).float().log_softmax(-1)  # (n, L)
        log_likelihood = before.gather(-1, ids[words.rows, words.places, None])  # (n, 1)
        # Scaled as in attention: a step of the optimizer moves a weight by little at any width.
        told_states = states[words.rows, words.places] * states.shape[-1] ** -0.5
        weighed = self.weigh(told_states).float() * log_likelihood  # (n, 1)
        return weighed.new_zeros(words.count, 1).index_add(0, words.rewards, weighed)
