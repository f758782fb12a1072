"""Several plans together: every step and output of each, none mixed up."""

from __future__ import annotations

from maquette.agents.plans.finishing.merging import merged
from maquette.records.criterion import TextReads
from maquette.records.plan import Call, Loop, Plan


def _plan(text: str) -> Plan:
    """A loop over two calls, and a call on its result."""
    draw = Call(id="art", tool="draw", arguments={"prompt": text})
    image = {"$ref": "art.image"}
    sheet = Call(id="sheet", tool="typeset", arguments={"art": image, "over": [image, "art.image"]})
    loop = Loop(
        id="poster",
        body=(draw, sheet),
        result="sheet.image",
        criteria=(TextReads(id="text0", text=text),),
    )
    cut = Call(
        id="cut",
        tool="crop",
        arguments={"image": {"$ref": "poster.image"}, "mask": {"$ref": "inputs.0"}},
    )
    return Plan(nodes=(loop, cut), outputs=("cut.image",), summary=text, notes=("same",))


def test_ids_and_references_are_renamed_together() -> None:
    """Each step refers to those of its own plan; attached pictures, words and criteria stay."""
    plan = merged([_plan("one"), _plan("art.image")])
    assert plan.outputs == ("item1_cut.image", "item2_cut.image")
    assert plan.summary == "one; art.image" and plan.notes == ("same",)
    for k, text in ((1, "one"), (2, "art.image")):
        loop, cut = plan.nodes[2 * k - 2 : 2 * k]
        assert isinstance(loop, Loop) and isinstance(cut, Call)
        draw, sheet = loop.body
        own = {"$ref": f"item{k}_art.image"}
        assert (loop.id, loop.result, draw.id) == (
            f"item{k}_poster",
            f"item{k}_sheet.image",
            f"item{k}_art",
        )
        assert draw.arguments == {"prompt": text}
        assert sheet.arguments == {"art": own, "over": [own, "art.image"]}
        assert cut.arguments == {
            "image": {"$ref": f"item{k}_poster.image"},
            "mask": {"$ref": "inputs.0"},
        }
        assert loop.criteria == (TextReads(id="text0", text=text),)


def test_one_plan_stays_as_it_is() -> None:
    """A request with one item has the ids it always had."""
    plan = _plan("one")
    assert merged([plan]) == plan
