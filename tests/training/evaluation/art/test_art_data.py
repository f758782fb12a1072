"""The words that strangers gave for art: in order, shown by the font, and well-formed."""

from __future__ import annotations

import importlib.metadata
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from maquette.tools.art.brief import SceneBrief, colour_code

DATA = Path(__file__).parents[4] / "training" / "evaluation" / "art"
FONT = "dynamic_font/assets/fonts/NotoColorEmoji-Regular.ttf"


def read(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


@cache
def font() -> Any:
    """The font as a shaper sees it: what a sequence becomes is its answer, not ours."""
    import uharfbuzz

    path = importlib.metadata.distribution("dynamic-font").locate_file(FONT)
    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path))))


@cache
def shown(code: str) -> bool:
    """Whether the sequence is one picture of the font, and not several or the missing one."""
    import uharfbuzz

    buffer = uharfbuzz.Buffer()
    buffer.add_codepoints([int(part, 16) for part in code.split("-")])
    buffer.guess_segment_properties()
    uharfbuzz.shape(font(), buffer)
    return len(buffer.glyph_infos) == 1 and buffer.glyph_infos[0].codepoint != 0


NOUNS = read("nouns.json")


def test_no_picture_is_told_from_one_picture() -> None:
    assert shown("1f408") and shown("1f469-200d-1f3eb")
    assert not shown("1f408-200d-1f3eb") and not shown("e123")


def test_the_nouns_are_300_in_the_order_of_their_frequency() -> None:
    ranks = [noun["rank"] for noun in NOUNS["nouns"]]
    assert len(ranks) == 300 and ranks == sorted(set(ranks))
    assert len(NOUNS["abstract"]) == 60
    assert ranks[-1] < min(noun["rank"] for noun in NOUNS["later"])


@pytest.mark.parametrize("part", sorted(NOUNS))
def test_every_noun_has_gold_that_the_font_shows(part: str) -> None:
    words = [noun["noun"] for noun in NOUNS[part]]
    assert len(words) == len(set(words))
    for noun in NOUNS[part]:
        assert noun["senses"] or noun["none"], noun["noun"]
        assert len(noun["senses"]) == len(set(noun["senses"])), noun["noun"]
        missing = [code for code in noun["senses"] if not shown(code)]
        assert not missing, f"{noun['noun']}: the font shows no {missing}"
        if part != "homographs":
            assert all(noun[language].strip() for language in ("de", "es", "zh")), noun["noun"]


ASKED = [(file, record) for file in ("scenes.json", "sheets.json") for record in read(file)]
BY_ID = {f"{file}:{record['id']}": record for file, record in ASKED}


def briefs(record: dict[str, Any]) -> list[SceneBrief]:
    """The hand-written plans of a request: several only where several results were asked for."""
    plans = record["briefs"] if "briefs" in record else [record["brief"]]
    return [SceneBrief.model_validate_json(json.dumps(plan)) for plan in plans]


def phrases(record: dict[str, Any]) -> set[str]:
    """What criteria may call the things of a plan; two of a kind are told by their colour."""
    things = [one for brief in briefs(record) for panel in brief.panels for one in panel.things]
    return {one.phrase for one in things} | {f"{one.colour} {one.phrase}" for one in things}


def test_there_are_as_many_requests_as_told() -> None:
    assert len(read("scenes.json")) == 100
    assert len(read("sheets.json")) == len(read("frozen_requests.json")) == 60
    assert len(BY_ID) == 160
    asked = [record["words"] for _, record in ASKED]
    asked += [record["words"] for record in read("frozen_requests.json")]
    assert len(set(asked)) == len(asked)


def test_five_people_asked_for_scenes_of_two_to_five_things() -> None:
    scenes = read("scenes.json")
    who = [scene["who"] for scene in scenes]
    assert {who.count(one) for one in set(who)} == {20} and len(set(who)) == 5
    assert {len(scene["brief"]["panels"][0]["things"]) for scene in scenes} <= {2, 3, 4, 5}


@pytest.mark.parametrize("key", sorted(BY_ID))
def test_a_plan_is_a_brief_of_things_that_the_font_shows(key: str) -> None:
    for brief in briefs(BY_ID[key]):
        for colour in (brief.sheet, brief.letters):
            assert colour is None or colour_code(colour)
        for panel in brief.panels:
            for thing in panel.things:
                pack, code = thing.thing.split(":")
                assert pack == "noto" and shown(code), thing
                assert thing.colour is None or colour_code(thing.colour)


@pytest.mark.parametrize("key", sorted(BY_ID))
def test_criteria_come_from_the_words_and_meet_the_plan(key: str) -> None:
    record = BY_ID[key]
    assert record["criteria"]
    known = phrases(record)
    for criterion in record["criteria"]:
        assert criterion["said"] and criterion["said"] in record["words"], criterion
        for role in ("thing", "subject", "object"):
            assert role not in criterion or criterion[role] in known, criterion
        if criterion["kind"] == "words":
            assert criterion["text"] in record["words"], criterion


@pytest.mark.parametrize("key", sorted(BY_ID))
def test_words_that_were_asked_for_stand_in_the_plan(key: str) -> None:
    shown_words = [
        text
        for brief in briefs(BY_ID[key])
        for text in (
            *(words.text for words in brief.words),
            *(panel.caption for panel in brief.panels if panel.caption),
        )
    ]
    together = " ".join(shown_words)
    for criterion in BY_ID[key]["criteria"]:
        if criterion["kind"] == "words":
            assert criterion["text"] in together, criterion
        if criterion["kind"] == "includes":
            assert criterion["text"].lower() in together.lower(), criterion
