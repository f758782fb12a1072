"""What the planner's language model is taught: answers that read back as the right plans."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import numpy as np
import pytest

from maquette.records.errors import FixInput, PlanRejected
from maquette.records.plan import Plan
from maquette.training.language.claims import claims_for
from maquette.training.language.pairs import (
    Teacher,
    make_pair,
    planned,
    read_pairs,
    refuses,
    same,
    write_pairs,
)
from maquette.training.language.variations import swapped, variations
from maquette.training.language.wired import Misfit, filled
from maquette.training.reading.markup import Example, parse
from maquette.training.reading.truth import is_kept
from maquette.training.reading.varied import Stock

LINES = [
    "image\t0\t{count>a:two} {colour>a:red} {thing#a:apples} {rel>a,b:beside} a {thing#b:dog}",
    'image_text\t0\ta {carrier#c:sign} that says "{words>c:GRAND OPENING}"',
    "caption\t1\t{do:describe} {ref:this picture}",
    "mask\t1\t{do:cut out} the {target:statue}",
    "text\t0\twhy is the sky blue?",
]


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return [parse(line) for line in LINES]


@pytest.fixture(scope="module")
def teacher() -> Teacher:
    return Teacher()


@pytest.mark.slow
def test_answers_hold_every_key_of_the_schema_in_its_order(
    examples: list[Example], teacher: Teacher
) -> None:
    """What the grammar of a server lets through is what is taught, to the last null."""
    for example in examples:
        pair = make_pair("0.0", example, teacher)
        assert pair is not None, example.text
        value = json.loads(pair.answer)
        assert list(value) == list(teacher.schema["properties"])
        again = filled(value, teacher.schema, teacher.schema["$defs"])
        assert json.dumps(again, ensure_ascii=False) == pair.answer


@pytest.mark.slow
def test_answers_read_back_as_the_plans_by_hand_and_drop_no_word(
    examples: list[Example], teacher: Teacher
) -> None:
    """Without a word that the planner would have mended, and with things by their names alone."""
    for example in examples[:-1]:
        right = asyncio.run(teacher.right(example))
        pair = make_pair("0.0", example, teacher)
        assert pair is not None and isinstance(right, Plan)
        again = asyncio.run(planned(teacher.reader, example.text, example.attached))
        assert same(again, right), example.text
        assert "noto:" not in pair.answer
        assert isinstance(again, Plan) and again.ledger is not None
        assert not again.ledger.lost(example.text)


@pytest.mark.slow
def test_a_plan_that_differs_in_one_word_is_not_the_same(
    examples: list[Example], teacher: Teacher
) -> None:
    """Another colour, another count or a broken answer is no right answer."""
    example = examples[0]
    right = asyncio.run(teacher.right(example))
    pair = make_pair("0.0", example, teacher)
    assert pair is not None
    for wrong in (pair.answer.replace('"red"', '"blue"'), pair.answer[:-20]):
        teacher.endpoint.answer = wrong
        assert not same(asyncio.run(planned(teacher.reader, example.text, 0)), right)


@pytest.mark.slow
def test_a_refused_plan_is_no_refusal(examples: list[Example], teacher: Teacher) -> None:
    """A plan that fails its checks does not count as saying no."""
    assert refuses(FixInput("no"))
    assert not refuses(PlanRejected([("malformed", "no")]))
    pair = make_pair("0.0", examples[-1], teacher)
    assert pair is not None and json.loads(pair.answer)["refusal"]


@pytest.mark.slow
def test_claims_name_only_places_that_bear_them_out(
    examples: list[Example], teacher: Teacher
) -> None:
    """Words that stand in the plan need no claim; those of a relation go to its criterion."""
    plan = asyncio.run(teacher.right(examples[0]))
    assert isinstance(plan, Plan)
    claims = {claim.words: claim for claim in claims_for(plan, examples[0].text)}
    assert "apples" not in claims and "dog" not in claims
    assert all(claim.part == "not_understood" or claim.goes_to for claim in claims.values())


def test_the_schema_has_no_form_for_what_it_does_not_know() -> None:
    """A key, a type or a word that a schema does not list is refused, never left out."""
    inner = {"type": "object", "properties": {"a": {"type": "integer"}}}
    for value in ({"a": 1, "b": 2}, {"a": "1"}, {"a": True}, {}, []):
        with pytest.raises(Misfit):
            filled(value, inner, {})
    with pytest.raises(Misfit):
        filled("x", {"type": "string", "enum": ["y"]}, {})


def test_variations_keep_labels_on_their_words_and_alike_words_alike() -> None:
    """Spans stay on whole words; a word said twice is swapped for one word, both times."""
    line = 'image_text\t0\t{thing#a:cat} says "{words>a:Meow 12}", then {thing:cat} sleeps'
    example = parse(line)
    stock = Stock.of([example], {"en": ["owl", "fox", "hen"]})
    seen = set()
    for seed in range(40):
        other = swapped(example, stock, np.random.default_rng(seed))
        words = [other.text[span.start : span.end] for span in other.spans]
        assert words[0] == words[2]
        assert words[0] in ("cat", "owl", "fox", "hen")
        assert len(words[1]) == len("Meow 12") and words[1][5:].isdigit() and words[1][0].isupper()
        assert other.text == f'{words[0]} says "{words[1]}", then {words[2]} sleeps'
        seen.add(other.text)
    assert len(seen) > 10


def test_requests_kept_from_training_are_never_varied() -> None:
    """Their words as written are for the score; nothing made of them is taught."""
    lines = [f"image\t0\ta {{colour>a:red}} {{thing#a:thing{k}}}" for k in range(120)]
    examples = [parse(line) for line in lines]
    made = list(variations(examples, 2, {"en": ["owl", "fox"]}))
    assert any(is_kept(one) for one in examples)
    for name, one in made:
        assert name.endswith(".0") or not is_kept(one)
    kept = {str(k) for k, one in enumerate(examples) if is_kept(one)}
    assert not [name for name, _ in made if name.split(".")[0] in kept and name[-2:] != ".0"]


@pytest.mark.slow
def test_a_cut_off_file_of_pairs_is_gone_on_with(
    examples: list[Example], teacher: Teacher, tmp_path: Path
) -> None:
    """What is there is not made again; half a line is."""
    path = tmp_path / "pairs.jsonl"
    named = [(f"{k}.0", one) for k, one in enumerate(examples[:3])]
    assert write_pairs(path, named, teacher) == 3
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    assert write_pairs(path, named, teacher) == 1
    assert path.read_bytes() == whole
    assert [one.name for one in read_pairs(path)] == ["0.0", "1.0", "2.0"]
