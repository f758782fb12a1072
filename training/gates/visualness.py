"""Weigh the signals of ``agents.gates.visualness`` on sentences of known kind, and measure others.

``python -m maquette.training.gates.visualness FILE`` prints weights and, of each part of the file,
the area under the curve beside that of a plain count of words that can be seen.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np

from maquette.agents.gates.visualness import Signals, VisualGate, Weights, judged
from maquette.agents.gates.words import IsThing, concrete, content, words_of

NAMES = tuple(field.name for field in fields(Signals))
STEPS = 50
"""Of Newton's method; it stands still long before."""

Part = dict[str, list[str]]
"""Sentences under ``visual`` and ``other``."""


def fitted(signals: np.ndarray, truth: np.ndarray, *, strength: float = 1.0) -> Weights:
    """The weights of a logistic regression with a quadratic penalty, by Newton's method.

    Args:
        signals: float64 (N, 6), in the order of ``NAMES``.
        truth: (N,), 1 for what could be shown.
        strength: of the penalty on every weight but the offset.
    """
    inputs = np.hstack([np.ones((len(signals), 1)), signals])
    penalty = strength * np.diag([0.0, *np.ones(signals.shape[1])])
    weights = np.zeros(inputs.shape[1])
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-inputs @ weights))
        slope = inputs.T @ (likely - truth) + penalty @ weights
        bend = inputs.T @ (inputs * (likely * (1 - likely))[:, None]) + penalty
        weights -= np.linalg.solve(bend, slope)
    return Weights(*(round(float(value), 3) for value in weights))


def area(scores: np.ndarray, truth: np.ndarray) -> float:
    """Area under the curve: how often a sentence of the kind scores above one that is not."""
    mine, others = scores[truth == 1], scores[truth == 0]
    above = (mine[:, None] > others).mean() + 0.5 * (mine[:, None] == others).mean()
    return float(above)


async def measured(gate: VisualGate, part: Part) -> tuple[np.ndarray, np.ndarray]:
    """Signals (N, 6) and truth (N,) of the sentences of a part."""
    sentences = [*part["visual"], *part["other"]]
    found = [await gate.signals(one) for one in sentences]
    rows = np.array([[getattr(one, name) for name in NAMES] for one in found])
    truth = np.repeat([1.0, 0.0], [len(part["visual"]), len(part["other"])])
    return rows, truth


def counted(part: Part, is_thing: IsThing) -> np.ndarray:
    """The baseline: how many words of each sentence can be seen."""
    sentences = [*part["visual"], *part["other"]]
    return np.array([len(concrete(content(words_of(one)), is_thing)) for one in sentences])


def likely(rows: np.ndarray, weights: Weights) -> np.ndarray:
    """Probabilities of rows of signals."""
    return np.array(
        [judged(Signals(*map(float, row)), weights).probability for row in rows], np.float64
    )


async def report(parts: dict[str, Part]) -> str:
    """Fit on one part of a file and say how the parts come out."""
    from maquette.model_servers.embedding.encoder import Encoder, model_folder
    from maquette.tools.art.packs.table import all_cards

    encoder = Encoder(model_folder())
    names = (name for card in all_cards().values() for name in card.names.get("en", ()))
    nouns = frozenset(name.split()[-1] for name in names if name)

    async def embed(texts: tuple[str, ...]) -> list[list[float]]:
        return [[float(x) for x in encoder.encode(text)] for text in texts]

    gate = VisualGate(embed, nouns.__contains__)
    weights = fitted(*await measured(gate, parts["fit"]))
    lines = [str(weights)]
    for name in ("fit", "held", "hard"):
        rows, truth = await measured(gate, parts[name])
        found = likely(rows, weights)
        base = area(counted(parts[name], nouns.__contains__), truth)
        null = rows[:, NAMES.index("null")]
        over = float((null[truth == 0] > null[truth == 1].mean()).mean())
        lines.append(
            f"{name}: area {area(found, truth):.3f}, right {((found > 0.5) == truth).mean():.3f}; "
            f"words counted: area {base:.3f}; others nearer to the NULL set than what could be "
            f"shown is in the mean: {over:.3f}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(report(json.loads(Path(sys.argv[1]).read_text()))) + "\n")
