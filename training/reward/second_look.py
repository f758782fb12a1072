"""The line of the second look: how low ``alignment`` falls for pictures that fit a request.

Of the labelled pictures, which the bundled generator drew and a person looked at, each is told in
the words of a request, truly and with one colour, thing or number changed. The line is where at
most one in twenty of the true ones lies below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from maquette.training.world.colours import COLOURS
from maquette.training.world.telling.phrases import article
from maquette.training.world.telling.wording import NUMBERS
from maquette.training.world.things import THINGS

SHARE_BELOW = 0.05
"""Of true requests, at most."""
KINDS = ("colour", "thing", "count")
"""What a false request is wrong about."""
FRAMES = (
    "{}",
    "draw {}",
    "please draw {}",
    "i would like a picture of {}",
    "can you make {} for me?",
)
MOST = max(NUMBERS)
"""Of things that are told by number."""

Seen = Sequence[tuple[str, str]]
"""Colour and name of each thing in a picture."""
Score = Callable[[int, Sequence[str]], Sequence[float]]
"""Number of a labelled picture and requests to the calibrated score of each."""


@dataclass(frozen=True)
class Scored:
    """One picture's scores, 0 to 1."""

    true: float
    false: float
    kind: str
    """What the false request was wrong about."""


def requests_of(seen: Seen, number: int) -> tuple[str, str, str]:
    """A true request, a false one in the same words, and what it is wrong about; from the number
    of the picture alone."""
    rng = np.random.default_rng((61, number))
    kind = KINDS[number % len(KINDS)]
    frame = FRAMES[rng.integers(len(FRAMES))]
    groups = {pair: list(seen).count(pair) for pair in seen}
    return frame.format(_told(groups)), frame.format(_told(_wrong(groups, kind, rng))), kind


def _wrong(
    groups: dict[tuple[str, str], int], kind: str, rng: np.random.Generator
) -> dict[tuple[str, str], int]:
    """The groups with one fact of one of them changed."""
    pairs = list(groups)
    colour, thing = pair = pairs[rng.integers(len(pairs))]
    if kind == "count":
        others = [n for n in (groups[pair] - 1, groups[pair] + 1) if 1 <= n <= MOST]
        return {**groups, pair: others[rng.integers(len(others))]}
    names = [one for one in (COLOURS if kind == "colour" else THINGS) if one not in pair]
    other = str(names[rng.integers(len(names))])
    new = (other, thing) if kind == "colour" else (colour, other)
    return {(new if one == pair else one): count for one, count in groups.items()}


def _told(groups: dict[tuple[str, str], int]) -> str:
    parts = [
        article(f"{colour} {thing}")
        if count == 1
        else f"{NUMBERS[count]} {colour} {THINGS[thing].plural}"
        for (colour, thing), count in groups.items()
    ]
    return " and ".join(parts)


def scored(pictures: Iterator[tuple[int, Seen]], score: Score) -> Iterator[Scored]:
    """Score the pictures that show something, one after the other."""
    for number, seen in pictures:
        if seen:
            true, false, kind = requests_of(seen, number)
            at_true, at_false = score(number, (true, false))
            yield Scored(at_true, at_false, kind)


def line_of(found: Sequence[Scored]) -> float:
    """The highest line, in hundredths, below which at most ``SHARE_BELOW`` of the true ones lie.

    Raises: ValueError: nothing was scored.
    """
    if not found:
        raise ValueError("no picture was scored; expected labelled pictures with things on them")
    lowest = sorted(one.true for one in found)
    return float(np.floor(100 * lowest[int(SHARE_BELOW * len(lowest))]) / 100)


def told_of(found: Sequence[Scored], line: float) -> str:
    """What lies below a line, in a few lines of text."""
    lines = [
        f"line {line:.2f}, {len(found)} pictures",
        _share("true", [o.true for o in found], line),
    ]
    for kind in KINDS:
        lines.append(_share(kind, [one.false for one in found if one.kind == kind], line))
    above = np.mean([a.true > b.false for a in found for b in found])
    return "\n".join([*lines, f"area {above:.3f}"])


def _share(name: str, scores: Sequence[float], line: float) -> str:
    below = sum(score < line for score in scores)
    return f"{name}: {below} of {len(scores)} below"


def measured() -> str:
    """Score the labelled pictures that come with this package with the bundled models, and tell
    the line; pictures that the guard does not know are left out, as they are in a look."""
    from PIL import Image

    from maquette.model_servers.guard.guard import open_guard
    from maquette.model_servers.loading.model_files import bundled_directory
    from maquette.model_servers.reward.backends.perspectives import Scorer
    from maquette.training.evaluation.judge.labels import read_labels
    from maquette.training.evaluation.kept import RESULTS

    home = str(bundled_directory("understanding"))
    scorer = Scorer(str(bundled_directory("reward")), backbone=home)
    guard, labels = open_guard(), read_labels(RESULTS)

    def score(number: int, requests: Sequence[str]) -> list[float]:
        picture = Image.fromarray(labels.picture(number))
        rows = [(0, words, "alignment") for words in requests]
        return [row.score for row in scorer.score([picture], rows)]

    known = (
        (number, labels.told(number))
        for number in labels.numbers
        if guard.judge(Image.fromarray(labels.picture(number))).in_world is not False
    )
    found = list(scored(known, score))
    return told_of(found, line_of(found))
