"""How often the finder shows the right thing, or says rightly that there is none."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tqdm import tqdm

from maquette.tools.art.contract import ThingCard
from maquette.tools.art.finding.finder import Finder
from maquette.tools.art.finding.meaning import Embed
from maquette.tools.art.found import SURE, Found
from maquette.training.evaluation.intervals import Share

FILE = Path(__file__).with_name("nouns.json")
LANGUAGES = ("en", "de", "es", "zh")
SETS = ("nouns", "later", "abstract", "homographs")
VARIANTS = ("all", "without keywords", "without meaning")
RIGHT_BAR, WRONG_BAR = 0.95, 0.02
Verdict = Literal["right", "wrong thing", "missed"]
"""``missed``: said not to be there, or asked back, where it should have been shown or refused."""


@dataclass(frozen=True)
class Looked:
    """One noun and what was found for it."""

    phrase: str
    verdict: Verdict
    there: bool
    """Whether a picture was shown for it, and rightly."""
    sure: bool
    """Whether the thing found stands above the line where 99 % are right."""
    answer: str


def verdict(found: Found, gold: Mapping[str, Any]) -> Verdict:
    """Compare an answer with the gold: ``senses``, ``none`` and ``unclear`` of the test words."""
    if found.state == "found" and found.best is not None:
        return "right" if _code(found.best.thing) in gold["senses"] else "wrong thing"
    allowed = gold["none"] if found.state == "none" else gold["unclear"]
    return "right" if allowed else "missed"


def _code(thing: str) -> str:
    return thing.partition(":")[2]


async def look(
    words: Sequence[Mapping[str, Any]], language: str, finder: Finder
) -> tuple[Looked, ...]:
    """Find every word in a language."""
    seen = []
    for gold in tqdm(words, desc=language, mininterval=5, leave=False):
        phrase = str(gold["noun" if language == "en" else language])
        found = await finder.find(phrase, language=language)
        told = verdict(found, gold)
        best = found.best if found.state == "found" else None
        seen.append(
            Looked(
                phrase,
                told,
                there=best is not None and told == "right",
                sure=best is not None and best.probability >= SURE,
                answer=best.name if best else found.state,
            )
        )
    return tuple(seen)


def words_of(which: str) -> list[dict[str, Any]]:
    """The records of a set of test words. Raises: KeyError: no such set; names those there are."""
    data = json.loads(FILE.read_text(encoding="utf-8"))
    if which not in SETS:
        raise KeyError(f"no set of test words is named {which!r}; there are {', '.join(SETS)}")
    records: list[dict[str, Any]] = data[which]
    return records


async def measure(
    which: str, cards: Mapping[str, ThingCard], embed: Embed | None
) -> dict[str, Any]:
    """Rates of every variant and language, with Wilson 95 % intervals, and what went wrong."""
    words = words_of(which)
    rates: dict[str, Any] = {}
    for variant in VARIANTS:
        finder = Finder(
            cards,
            None if variant == "without meaning" else embed,
            keywords=variant != "without keywords",
        )
        for language in LANGUAGES if variant == "all" else LANGUAGES[:1]:
            if all(language == "en" or language in one for one in words):
                seen = await look(words, language, finder)
                rates[f"{variant}, {language}"] = summary(seen)
    return {"set": which, "rates": rates}


def summary(seen: Sequence[Looked]) -> dict[str, Any]:
    """Shares of one variant in one language, and every answer that was not right."""
    sure = [one for one in seen if one.sure]
    return {
        "right": _told(Share(sum(one.verdict == "right" for one in seen), len(seen))),
        "wrong thing": _told(Share(sum(one.verdict == "wrong thing" for one in seen), len(seen))),
        "there": _told(Share(sum(one.there for one in seen), len(seen))),
        "right where sure": _told(
            Share(sum(one.verdict == "right" for one in sure), len(sure))
        ) if sure else None,
        "not right": [
            {"phrase": one.phrase, "verdict": one.verdict, "answer": one.answer}
            for one in seen
            if one.verdict != "right"
        ],
    }  # fmt: skip


def _told(share: Share) -> dict[str, float | int]:
    low, high = share.interval
    return {"share": round(share.value, 4), "low": round(low, 4), "high": round(high, 4),
            "count": share.right, "of": share.n}  # fmt: skip


def table(measured: Mapping[str, Any]) -> str:
    """The rates in lines."""
    lines = [f"{measured['set']:<24} {'right':<24} {'wrong thing':<24} {'there':<24} right if sure"]
    for name, rates in measured["rates"].items():
        cells = (
            f"{r['share']:6.1%} ({r['low']:.1%} to {r['high']:.1%})" if (r := rates[key]) else "-"
            for key in ("right", "wrong thing", "there", "right where sure")
        )
        lines.append(f"{name:<24} " + " ".join(f"{cell:<24}" for cell in cells).rstrip())
    return "\n".join(lines)


def passes(measured: Mapping[str, Any]) -> bool:
    """Whether English with all ways of finding stands at or above the bar."""
    rates = measured["rates"]["all, en"]
    return bool(rates["right"]["share"] >= RIGHT_BAR and rates["wrong thing"]["share"] <= WRONG_BAR)
