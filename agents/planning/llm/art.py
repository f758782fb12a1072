"""Things of art packs in a plan that a language model wrote: found by their phrases.

A model writes what a thing is called; ids, how sure the finding is, the packs' digests and their
credits are filled in here, as the embedded planner does.
"""

from __future__ import annotations

from typing import Any

from maquette.agents.planning.llm.text import clean
from maquette.agents.plans.composed.gallery import Gallery, credit, digests
from maquette.records.errors import PlanRejected
from maquette.records.plan import Alternative, Call, Loop, Plan
from maquette.tools.art.packs.table import all_cards

PLACES = {"compose": "brief", "edit_scene": "changes"}
"""Tools that place things of art packs, and the argument that names them."""
NO_SUCH_THING = "no_such_thing"
"""Code of the reason when no pack has what a phrase names."""


async def with_art(plan: Plan, gallery: Gallery | None) -> Plan:
    """The plan with every thing of it found.

    Raises: PlanRejected: no pack has a thing; names the nearest. ModelUnavailable: the embedder
        does not answer.
    """
    if gallery is None or not gallery.there:
        return plan
    lost: list[tuple[str, str]] = []
    nodes = [await _node(node, gallery, lost) for node in plan.nodes]
    if lost:
        raise PlanRejected(lost)
    return plan.model_copy(update={"nodes": tuple(nodes)})


async def _node(node: Call | Loop, gallery: Gallery, lost: list[tuple[str, str]]) -> Call | Loop:
    if isinstance(node, Call):
        return await _call(node, gallery, lost)
    body = [await _call(call, gallery, lost) for call in node.body]
    ways: list[Alternative] = []
    for way in node.alternatives:
        calls = [await _call(call, gallery, lost) for call in way.body]
        ways.append(way.model_copy(update={"body": tuple(calls)}))
    return node.model_copy(update={"body": tuple(body), "alternatives": tuple(ways)})


async def _call(call: Call, gallery: Gallery, lost: list[tuple[str, str]]) -> Call:
    name = PLACES.get(call.tool)
    if name is None or name not in call.arguments:
        return call
    value = await _settled(call.arguments[name], gallery, lost)
    if call.tool == "compose" and isinstance(value, dict):
        things = _things(value)
        packs = digests(things)
        value = {**value, "packs": packs, "credits": {pack: credit(pack) for pack in packs}}
    return call.model_copy(update={"arguments": {**call.arguments, name: value}})


async def _settled(value: Any, gallery: Gallery, lost: list[tuple[str, str]]) -> Any:
    """A value with the id of a thing wherever one is called by its phrase."""
    if isinstance(value, list):
        return [await _settled(item, gallery, lost) for item in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("phrase"), str) and isinstance(value.get("thing"), str):
        return value if value["thing"] in all_cards() else await _found(value, gallery, lost)
    return {key: await _settled(item, gallery, lost) for key, item in value.items()}


async def _found(
    value: dict[str, Any], gallery: Gallery, lost: list[tuple[str, str]]
) -> dict[str, Any]:
    phrase = value["phrase"].strip()
    found = await gallery.find(phrase) if phrase else None
    if found is None or found.best is None:
        near = ", ".join(found.nearest) if found else ""
        hint = f"; the nearest are {near}" if near else ""
        lost.append((NO_SUCH_THING, f"no art pack has a {clean(phrase, 80)!r}{hint}"))
        return value
    return {**value, "thing": found.best.thing, "probability": found.best.probability}


def _things(value: Any) -> list[str]:
    """The ids of all things in a brief."""
    if isinstance(value, list):
        return [thing for item in value for thing in _things(item)]
    if not isinstance(value, dict):
        return []
    own = [value["thing"]] if value.get("thing") in all_cards() else []
    return own + [thing for item in value.values() for thing in _things(item)]
