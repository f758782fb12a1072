"""What the model is to say of a scene: one fixed wording, things from left to right.

A fixed order gives each token one right answer, which a small model learns in a fraction of the
time that captions in free order take; the world's free wordings are in what it is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from maquette.model_servers.understanding.prompts import Style
from maquette.training.world.scene import SIDES, Placed, Relation, Scene, relations
from maquette.training.world.telling.phrases import article, background_words, grouped
from maquette.training.world.telling.wording import NUMBERS
from maquette.training.world.things import THINGS

_ORDER = ("inside", "in front of", *SIDES)


@dataclass(frozen=True)
class Report:
    """A description: words, then letters that the picture shows, which are spelled."""

    text: str
    printed: tuple[str, ...] = ()
    """Printed words, told at the end."""

    def __str__(self) -> str:
        if not self.printed:
            return self.text
        return f'{self.text} the text says "{" ".join(self.printed)}".'


def report(scene: Scene, style: Style) -> Report:
    """Describe a scene: its groups of things, and how single ones stand to one another.

    Args:
        style: "short": one sentence of counts, colours and things. "long" adds sizes,
            patterns, the background, a place for each single thing, and printed words.
    """
    groups = sorted(grouped(scene), key=lambda group: min(p.centre[0] for p in group))
    singles = [group[0] for group in groups if len(group) == 1]
    placed = _places(scene, singles)
    if style == "short":
        if len(groups) == len(singles) == 2 and placed:
            a, name, b = placed[0]
            return Report(f"{article(_short(a))} {name} {article(_short(b))}.")
        return Report(_listed([_group(group, full=False) for group in groups]) + ".")
    text = _listed([_group(group, full=True) for group in groups])
    sentences = [f"{text} {background_words(scene)}." if groups else background_words(scene) + "."]
    sentences += [f"the {_short(a)} is {name} the {_short(b)}." for a, name, b in placed]
    return Report(" ".join(sentences), tuple(word.text.lower() for word in scene.words))


def _places(scene: Scene, singles: list[Placed]) -> list[tuple[Placed, str, Placed]]:
    """A relation of each single thing to the nearest earlier one it has any relation to."""
    found: dict[tuple[int, int], list[Relation]] = {}
    for relation in _relations(scene):
        found.setdefault((relation.subject, relation.other), []).append(relation)
    index = {id(placed): k for k, placed in enumerate(scene.things)}
    told = []
    for k, later in enumerate(singles):
        for earlier in reversed(singles[:k]):
            a, b = index[id(earlier)], index[id(later)]
            options = [*found.get((a, b), []), *found.get((b, a), [])]
            if options:
                best = min(options, key=lambda r: _rank(r, a))
                told.append((scene.things[best.subject], best.name, scene.things[best.other]))
                break
    return told


@lru_cache(maxsize=64)
def _relations(scene: Scene) -> tuple[Relation, ...]:
    """Both styles ask for the same scene's."""
    return tuple(relations(scene))


def _rank(relation: Relation, earlier: int) -> tuple[int, bool]:
    """Lowest for what is told: inside or in front, else left and right, else above and below.

    Things are told from left to right, so that "left of" follows from their order wherever they
    stand apart; comparing gaps to find the more telling side is hard to learn and says no more.
    """
    return _ORDER.index(relation.name), relation.subject != earlier


def _group(group: list[Placed], *, full: bool) -> str:
    first, words = group[0], []
    if full and len({p.size for p in group}) == 1:
        words.append(first.size)
    if full and first.pattern != "plain" and len({p.pattern for p in group}) == 1:
        words.append(first.pattern)
    words.append(first.colour)
    if len(group) == 1:
        return article(" ".join([*words, first.thing]))
    return " ".join([NUMBERS[len(group)], *words, THINGS[first.thing].plural])


def _short(placed: Placed) -> str:
    return f"{placed.colour} {placed.thing}"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
