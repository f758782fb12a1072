"""A plan is right when it has every fact; each fact taken away, changed or added is seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from maquette.records.criterion import Asked, Colour, Count, Criterion, Exists, Relation, TextReads
from maquette.records.errors import FixInput
from maquette.records.ledger import SURE, Ledger, LedgerEntry
from maquette.records.plan import Call, Loop, Plan
from maquette.training.evaluation.requests.carried import How
from maquette.training.evaluation.requests.checks import held
from maquette.training.evaluation.requests.compare import compare, shares
from maquette.training.evaluation.requests.facts import Delivered, delivered
from maquette.training.evaluation.requests.gold import Example, fact
from maquette.training.evaluation.requests.likeness import said_alike

PEARS = (
    "count pear 2", "colour pear green", "thing plate", "colour plate blue", "rel pear above plate"
)  # fmt: skip


def _example(*items: tuple[str, tuple[str, ...]], outcome: str = "do", **more: Any) -> Example:
    gold = {"outcome": outcome, "items": [{"kind": k, "facts": f} for k, f in items]}
    base = {"id": "a", "register": "terse", "category": "scene", "text": "x", "attached": 0}
    return Example.model_validate({**base, "gold": gold, **more})


def _brief() -> dict[str, Any]:
    things = [
        {"phrase": "pear", "thing": "noto:1f350", "count": 2, "colour": "green"},
        {"phrase": "plate", "thing": "noto:1f37d", "colour": "blue"},
    ]
    relations = [{"subject": 0, "relation": "above", "object": 1}]
    return {"panels": [{"things": things, "relations": relations}]}


WANTED: tuple[Criterion, ...] = (
    Count(id="a", thing="pear", count=2),
    Colour(id="b", thing="pear", colour="green"),
    Exists(id="c", thing="plate"),
    Colour(id="d", thing="plate", colour="blue"),
    Relation(id="e", subject="pear", relation="above", object="plate"),
)


def _composed(
    brief: dict[str, Any], criteria: tuple[Criterion, ...] = (), name: str = "picture"
) -> Loop:
    call = Call(id=f"{name}_made", tool="compose", arguments={"brief": brief})
    return Loop(id=name, body=(call,), result=f"{name}_made.image", criteria=criteria)


def _plan(*nodes: Call | Loop, notes: tuple[str, ...] = (), port: str = "image") -> Plan:
    return Plan(nodes=nodes, outputs=tuple(f"{node.id}.{port}" for node in nodes), notes=notes)


def test_a_plan_with_every_fact_is_right() -> None:
    """Whether by its criteria or by its brief alone; and it claims nothing that is not done."""
    for criteria in (WANTED, ()):
        judged = compare(_example(("image", PEARS)), _plan(_composed(_brief(), criteria)))
        assert judged.right and not judged.claimed and judged.lost == ()


def _first(brief: dict[str, Any]) -> dict[str, Any]:
    return brief["panels"][0]["things"][0]


@pytest.mark.parametrize(
    ("lost", "change"),
    [
        ("rel pear above plate", lambda brief: brief["panels"][0].pop("relations")),
        ("colour pear green", lambda brief: _first(brief).pop("colour")),
        ("colour pear green", lambda brief: _first(brief).update(colour="red")),
        ("count pear 2", lambda brief: _first(brief).update(count=3)),
        (
            "rel pear above plate",
            lambda brief: brief["panels"][0]["relations"][0].update(relation="below"),
        ),
    ],
)
def test_a_brief_that_lost_a_fact_is_wrong(
    lost: str, change: Callable[[dict[str, Any]], object]
) -> None:
    """And as nothing checks the fact, it is claimed and not done."""
    brief = _brief()
    change(brief)
    judged = compare(_example(("image", PEARS)), _plan(_composed(brief)))
    assert (judged.right, judged.claimed, judged.lost) == (False, True, (lost,))


def test_a_silent_plan_that_cannot_complete_claims_nothing() -> None:
    """With a criterion that nobody passes, words not understood, or a doubted reading the run ends
    otherwise; and it is told as silent all the same."""
    brief = _brief()
    _first(brief).pop("colour")
    nobody = Asked(id="asked", words="on a windy day", why="no judge knows it")
    open_words = LedgerEntry(words="zorb", start=0, end=4, part="not_understood")
    plans = [
        _plan(_composed(brief, (nobody,))),
        _plan(_composed(brief)).model_copy(update={"ledger": Ledger(entries=(open_words,))}),
        _plan(_composed(brief)).model_copy(update={"ledger": Ledger(probability=SURE - 0.01)}),
        _plan(_composed(brief)).model_copy(update={"ledger": Ledger(probability=SURE)}),
    ]
    told = [compare(_example(("image", PEARS)), plan) for plan in plans]
    assert [one.silent for one in told] == [True] * 4
    assert [one.claimed for one in told] == [False, False, False, True]


def test_the_opposite_relation_is_told_as_the_reason() -> None:
    """Below instead of above; and the same said from the other side is right."""
    brief = _brief()
    (relation,) = brief["panels"][0]["relations"]
    relation.update(relation="below")
    judged = compare(_example(("image", PEARS)), _plan(_composed(brief)))
    assert judged.reason == "rel pear above plate: rel pear below plate"
    relation.update(subject=1, object=0)
    assert compare(_example(("image", PEARS)), _plan(_composed(brief))).right


def test_what_a_criterion_would_find_is_not_claimed() -> None:
    """The brief is wrong and its check is right: the run will not end as completed."""
    brief = _brief()
    _first(brief)["colour"] = "red"
    judged = compare(_example(("image", PEARS)), _plan(_composed(brief, WANTED)))
    assert not judged.right and not judged.claimed
    assert judged.reason == "colour pear green: colour pear red"


def test_what_a_note_tells_is_not_claimed_and_not_right() -> None:
    """Left out, and said so."""
    brief = _brief()
    brief["panels"][0].pop("relations")
    plan = _plan(_composed(brief), notes=("the pears are not set above the plate: left out",))
    judged = compare(_example(("image", PEARS)), plan)
    assert (judged.right, judged.claimed) == (False, False)


def test_a_thing_nobody_asked_for_is_wrong() -> None:
    """Eight purple pms beside the words."""
    brief = {"design": "poster", "words": [{"text": "JAZZ, 8 pm"}], "panels": [{"things": []}]}
    asked = _example(("image_text", ('words_all "JAZZ, 8 pm"',)))
    assert compare(asked, _plan(_composed(brief))).right
    brief["panels"] = [{"things": [{"phrase": "pm", "thing": "noto:1f552", "count": 8}]}]
    assert compare(asked, _plan(_composed(brief))).reason == "added: pm"


@pytest.mark.parametrize(
    ("lines", "wanted", "right"),
    [
        (("NO ENTRY",), 'words "NO ENTRY"', True),
        (("NO", "ENTRY"), 'words "NO ENTRY"', True),
        (("No entry",), 'words "NO ENTRY"', False),
        (("NO ENTRY!",), 'words "NO ENTRY"', False),
        (("no entry!",), 'words_all "NO ENTRY"', True),
        (("NO ENTRY, F",), 'words_all "NO ENTRY, Friday"', False),
    ],
)
def test_quoted_words_are_exact_and_others_are_not_cut(
    lines: tuple[str, ...], wanted: str, right: bool
) -> None:
    """Case and signs count where the fact is exact; letters count always."""
    brief = {"design": "sign", "words": [{"text": line} for line in lines]}
    reads = tuple(TextReads(id=f"t{k}", text=line) for k, line in enumerate(lines))
    judged = compare(_example(("image_text", (wanted,))), _plan(_composed(brief, reads)))
    assert judged.right is right


def test_what_no_tool_can_keep_must_be_a_criterion_of_its_own() -> None:
    """In the words of the person; a prompt or a note that has them is not enough."""
    grumpy = fact("said with a grumpy face")

    def how(**more: Any) -> How:
        return held(grumpy, Delivered("image", **more), more.pop("notes", ()), said_alike).how

    assert how(asked=("with a grumpy face",)) is How.CHECKED
    assert how(criteria="shows a grumpy face") is How.CHECKED
    assert how(free="a cat with a grumpy face") is How.MISSING
    told = held(grumpy, Delivered("image"), ("a grumpy face cannot be drawn",), said_alike)
    assert told.how is How.NOTED


def test_asking_for_a_person_to_look_does_not_make_an_ordinary_fact_right() -> None:
    """A plan that turns everything it did not read into open questions is honest, not right."""
    item = Delivered("image", asked=("two green pears on a blue plate",))
    assert held(fact("colour pear green"), item, (), said_alike).how is How.NOTED
    assert held(fact("style watercolour"), Delivered("image", asked=("in watercolour",)), (),
                said_alike).how is How.CHECKED  # fmt: skip


def test_several_outputs_are_matched_whatever_their_order() -> None:
    """Each gold item needs an output of its own."""
    sign = {"design": "sign", "words": [{"text": "OPEN"}]}
    pear = {"panels": [{"things": [{"phrase": "pear", "thing": "noto:1f350"}]}]}
    asked = _example(("image", ("thing pear",)), ("image_text", ('words "OPEN"',)))
    both = _plan(_composed(sign, name="one"), _composed(pear, name="two"))
    assert compare(asked, both).right
    one = compare(asked, _plan(_composed(sign)))
    assert (one.right, one.claimed, one.reason) == (False, True, "no image")


@pytest.mark.parametrize(
    ("tool", "arguments", "wanted"),
    [
        ("resize", {"width_px": 1024, "height_px": 512}, "op resize 1024x512"),
        ("crop", {"ratio": "1:1"}, "op crop square"),
        ("rotate", {"degrees": -90}, "op rotate 270"),
        ("remove_background", {}, "op background none"),
        ("grayscale", {}, "op grayscale"),
        (
            "edit_scene",
            {"changes": [{"change": "recolour", "which": "hat", "colour": "red"}]},
            "op recolour hat red",
        ),
    ],
)
def test_changes_are_known_by_their_tool(tool: str, arguments: dict[str, Any], wanted: str) -> None:
    """And are missing where another tool is called."""
    image = {"image": {"$ref": "inputs.0"}}
    asked = _example(("image_edit", (wanted,)), attached=1)
    right = _plan(Call(id="changed", tool=tool, arguments={**image, **arguments}))
    wrong = _plan(Call(id="changed", tool="enlarge", arguments={**image, "factor": 6}))
    assert compare(asked, right).right
    assert compare(asked, wrong).claimed


def test_a_mask_and_what_it_cuts_out_are_one_output() -> None:
    """The kind is told by the last tool on the way."""
    found = Call(
        id="found",
        tool="segment",
        arguments={"image": {"$ref": "inputs.0"}, "phrases": ["teapot"]},
    )
    cut = Call(
        id="cut",
        tool="cut_out",
        arguments={"image": {"$ref": "inputs.0"}, "mask": {"$ref": "found.mask"}},
    )
    plan = Plan(nodes=(found, cut), outputs=("found.mask", "cut.image"))
    assert [item.kind for item in delivered(plan)] == ["mask"]
    assert compare(_example(("mask", ("find teapot",)), attached=1), plan).right


def test_refusals_and_questions_are_right_where_they_are_due() -> None:
    """A question to the person ends in a question mark; a drawn answer is a claim."""
    no, which = FixInput("there is no chat here"), FixInput("two cats", hint="Which one?")
    chat = _example(("text", ()), outcome="refuse")
    vague = _example(("clarify", ()), outcome="ask")
    pears = _example(("image", PEARS))
    told = [compare(chat, no), compare(vague, which), compare(pears, which), compare(vague, no)]
    assert [one.right for one in told] == [True, True, False, False]
    drawn = compare(chat, _plan(_composed(_brief())))
    assert (drawn.right, drawn.claimed) == (False, True)
    counted = shares([chat, vague, pears], told[:3])
    assert (counted["right"].right, counted["asked_back"].right) == (2, 1)


def test_what_a_criterion_leaves_open_is_not_claimed() -> None:
    """A thing drawn anew may be larger or not; where a criterion asks, the run tells so."""
    example = _example(("image_edit", ("op bigger pear",)), attached=1)
    image = {"$ref": "inputs.0"}
    call = Call(
        id="c", tool="change_thing", arguments={"image": image, "target": "pear", "scale": 2}
    )
    asked = Asked(id="x", words="make the pear bigger", why="no judge looks for it")
    for criteria, claimed in (((), True), ((asked,), False)):
        loop = Loop(id="l", body=(call,), result="c.image", criteria=criteria)
        assert compare(example, _plan(loop)).claimed is claimed
