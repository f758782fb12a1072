"""A layout prior: reads a caption and writes boxes with phrases, one token after another.

Notation: ``B`` rows, ``S`` tokens of a sequence, ``V`` words, ``K`` steps of a coordinate.

A sequence is ``caption words [THEN] phrase words [AT] x0 y0 x1 y1  phrase words [AT] ... [END]``.
Words keep the tokenizer's numbers; the three marks and the coordinates follow after them. Boxes
are xyxy fractions cut into K steps.

Source: the boxes-as-tokens idea of Pix2Seq (Chen et al., 2022), turned from pictures to words.
"""

from __future__ import annotations

from typing import Any

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn

from maquette.model_servers.generation.layout_flow.layout import PlacedPhrase
from maquette.model_servers.generation.layout_flow.stored_model import NamedConfig

THEN, AT, END = range(3)
"""Marks, counted from the number of words."""
MARKS = 3
MOST_BOXES = 8
MOST_PHRASE_WORDS = 6


class LayoutPrior(NamedConfig, ModelMixin, ConfigMixin):  # type: ignore[misc]  # config_name
    """A small causal transformer over words, marks and coordinates.

    Args (stored in ``config.json``):
        words: V, size of the tokenizer's vocabulary.
        steps: K, number of coordinate steps across a picture.
        width, depth, heads: size of the transformer.
        longest: most tokens of a sequence.
    """

    @register_to_config
    def __init__(
        self,
        words: int,
        steps: int = 64,
        width: int = 128,
        depth: int = 4,
        heads: int = 4,
        longest: int = 176,
    ) -> None:
        super().__init__()
        total = words + MARKS + steps
        self.embed = nn.Embedding(total, width)
        self.places = nn.Parameter(0.02 * torch.randn(longest, width))
        layer = nn.TransformerEncoderLayer(
            width, heads, 4 * width, 0.0, "gelu", batch_first=True, norm_first=True
        )
        self.body = nn.TransformerEncoder(layer, depth, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, total)
        nn.init.normal_(self.embed.weight, std=0.02)

    def forward(self, tokens: Tensor) -> Tensor:
        """Score the next token at every place: (B, S) to (B, S, V + 3 + K)."""
        length = tokens.shape[1]
        x = self.embed(tokens) + self.places[:length]
        ahead = torch.ones(length, length, dtype=torch.bool, device=tokens.device).triu(1)
        return self.head(self.norm(self.body(x, mask=ahead)))

    def mark(self, which: int) -> int:
        """Token of THEN, AT or END."""
        return self.config.words + which

    def coordinate(self, value: float) -> int:
        """Token of a fraction."""
        step = min(self.config.steps - 1, max(0, int(value * self.config.steps)))
        return self.config.words + MARKS + step

    def fraction(self, token: int) -> float:
        """Middle of a coordinate token's step."""
        return (token - self.config.words - MARKS + 0.5) / self.config.steps


def write_sequence(
    prior: LayoutPrior,
    caption: list[int],
    boxes: list[tuple[list[int], tuple[float, float, float, float]]],
) -> list[int]:
    """Write a caption and its boxes as one sequence of tokens.

    Args:
        caption: word tokens.
        boxes: phrase tokens and xyxy fractions of each.
    """
    tokens = [*caption, prior.mark(THEN)]
    for phrase, box in boxes:
        tokens += [*phrase, prior.mark(AT), *(prior.coordinate(v) for v in box)]
    return [*tokens, prior.mark(END)]


@torch.no_grad()
def plan_layout(
    prior: LayoutPrior, tokenizer: Any, caption: str, seed: int, temperature: float = 0.5
) -> list[PlacedPhrase]:
    """Draw boxes for a caption.

    Only well-formed boxes can come out: after a phrase its mark, then four coordinates in order.
    A sequence that grows too long ends with the boxes it has.

    Args:
        prior: the trained prior.
        tokenizer: the pipeline's.
        caption: words; unknown ones are passed over.
        seed: same caption, same seed, same boxes.
        temperature: below 1 draws likelier boxes.
    """
    source = torch.Generator("cpu").manual_seed(seed)
    tokens = [*word_tokens(tokenizer, caption), prior.mark(THEN)]
    found: list[PlacedPhrase] = []
    phrase: list[int] = []
    while len(tokens) + 5 < prior.config.longest and len(found) < MOST_BOXES:
        token = _draw(prior, tokens, _next_words(prior, tokenizer, phrase), source, temperature)
        if token == prior.mark(END):
            break
        tokens.append(token)
        if token != prior.mark(AT):
            phrase.append(token)
            continue
        box: list[float] = []
        for side in range(4):
            allowed = _next_coordinates(prior, tokens, side)
            tokens.append(_draw(prior, tokens, allowed, source, temperature))
            box.append(prior.fraction(tokens[-1]))
        words = " ".join(tokenizer.convert_ids_to_tokens(phrase))
        found.append(PlacedPhrase((box[0], box[1], box[2], box[3]), words))
        phrase = []
    return found


def word_tokens(tokenizer: Any, text: str) -> list[int]:
    """The known words of a text, without start token."""
    special = {tokenizer.cls_token_id, tokenizer.unk_token_id, tokenizer.pad_token_id}
    return [i for i in tokenizer(text)["input_ids"] if i not in special]


def _next_words(prior: LayoutPrior, tokenizer: Any, phrase: list[int]) -> Tensor:
    """What may follow inside a phrase: a word, AT after at least one, END before the first."""
    allowed = torch.zeros(prior.config.words + MARKS + prior.config.steps, dtype=torch.bool)
    if len(phrase) < MOST_PHRASE_WORDS:
        allowed[: prior.config.words] = True
        for token in (tokenizer.cls_token_id, tokenizer.unk_token_id, tokenizer.pad_token_id):
            allowed[token] = False
    allowed[prior.mark(AT)] = bool(phrase)
    allowed[prior.mark(END)] = not phrase
    return allowed


def _next_coordinates(prior: LayoutPrior, tokens: list[int], side: int) -> Tensor:
    """Coordinates that keep the box in order: the far side lies beyond the near one."""
    first = prior.config.words + MARKS
    allowed = torch.zeros(first + prior.config.steps, dtype=torch.bool)
    least = first if side < 2 else tokens[-2] + 1
    last = first + prior.config.steps - (1 if side < 2 else 0)
    allowed[least:last] = True
    return allowed


def _draw(
    prior: LayoutPrior,
    tokens: list[int],
    allowed: Tensor,
    source: torch.Generator,
    temperature: float,
) -> int:
    device = next(prior.parameters()).device
    scores = prior(torch.tensor([tokens], device=device))[0, -1].float().cpu()
    scores = scores.masked_fill(~allowed, float("-inf")) / temperature
    return int(torch.multinomial(scores.softmax(-1), 1, generator=source))
