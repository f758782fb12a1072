"""Names of things in the words of the models here, which read English alone."""

from __future__ import annotations

from dataclasses import replace

from maquette.agents.plans.composed.gallery import Gallery
from maquette.agents.reading.changes import Change
from maquette.agents.reading.labelled.values import colours_of, size_of


async def english(phrase: str, language: str, gallery: Gallery | None) -> str:
    """A noun phrase of another language in English, as far as tables and art packs know it.

    Raises: ModelUnavailable: the embedder does not answer.
    """
    words = phrase.split()
    if language == "en" or not words:
        return phrase
    before = [_quality(word, language) for word in words[:-1]]
    return " ".join([*before, await _noun(words[-1], language, gallery)])


def _quality(word: str, language: str) -> str:
    return next(iter(colours_of(word, language)), None) or size_of(word, language) or word


async def _noun(word: str, language: str, gallery: Gallery | None) -> str:
    if gallery is None or colours_of(word, language):
        return _quality(word, language)
    found = await gallery.find(word, language=language)
    best = found.best
    return await gallery.noun(best) if best is not None else word


async def changes_in_english(
    changes: tuple[Change, ...], language: str, gallery: Gallery | None
) -> tuple[Change, ...]:
    """The changes of a request in another language; what has no English name stays as it is.

    Raises: ModelUnavailable: the embedder does not answer.
    """
    if language == "en":
        return changes
    told = []
    for one in changes:
        target = await english(one.target, language, gallery)
        told.append(replace(one, target=target, new=await english(one.new, language, gallery)))
    return tuple(told)
