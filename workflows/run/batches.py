"""Which calls share an activity, pure: starting one costs more than a short call itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from maquette.records.plan import Call, Loop, Plan, calls_of, depends_on, references

Batch = tuple[Call | Loop, ...]
Needs = Mapping[str, frozenset[str]]


def needs_of(plan: Plan) -> dict[str, frozenset[str]]:
    """Node -> the nodes whose outputs it reads."""
    return {node.id: depends_on(node) for node in plan.nodes}


def alone(
    plan: Plan, needs: Needs, *, done: Collection[str], begun: Collection[str]
) -> list[Batch]:
    """What can start now, each node by itself, in plan order."""
    return [
        (node,) for node in plan.nodes if node.id not in begun and needs[node.id].issubset(done)
    ]


def together(
    plan: Plan,
    needs: Needs,
    *,
    done: Collection[str],
    begun: Collection[str],
    light: Collection[str],
    quick: Collection[str],
) -> list[Batch]:
    """What can start now, short calls in batches.

    Light calls that read nothing but what is done and one another are one batch. Another quick
    call takes along the short calls behind it while the plan does not fork: where it does, the
    branches are left to run side by side.

    Args:
        done, begun: nodes that are finished; nodes that were ever started (done ones included).
        light, quick: calls that run in place; calls that take an activity but no time.
    """
    left = [node for node in plan.nodes if node.id not in begun]
    in_place = _within(left, needs, done, light)
    found: list[Batch] = [in_place] if in_place else []
    for node in left:
        if node.id not in light and needs[node.id].issubset(done):
            found.append(_chain(node, left, needs, done, {*light, *quick}, quick))
    return found


def _within(
    left: Sequence[Call | Loop], needs: Needs, done: Collection[str], light: Collection[str]
) -> tuple[Call | Loop, ...]:
    """The light nodes that can be reached through light nodes alone, in an order that works."""
    known, taken = set(done), []
    rest = [node for node in left if node.id in light]
    while free := [node for node in rest if needs[node.id] <= known]:
        taken += free
        known.update(node.id for node in free)
        rest = [node for node in rest if node.id not in known]
    return tuple(taken)


def _chain(
    head: Call | Loop,
    left: Sequence[Call | Loop],
    needs: Needs,
    done: Collection[str],
    short: Collection[str],
    quick: Collection[str],
) -> Batch:
    """The head and, if it is quick, the short calls that follow it one by one."""
    if head.id not in quick:
        return (head,)
    chain, known = [head], {*done, head.id}
    given = _reads(head)
    while True:
        behind = [node for node in left if chain[-1].id in needs[node.id]]
        if len(behind) != 1 or behind[0].id not in short or not needs[behind[0].id] <= known:
            return tuple(chain)
        # Values from elsewhere would have to travel, too, and what travels is history.
        own = {node.id for node in chain}
        if not {ref for ref in _reads(behind[0]) if ref.split(".", 1)[0] not in own} <= given:
            return tuple(chain)
        chain.append(behind[0])
        known.add(behind[0].id)


def _reads(node: Call | Loop) -> set[str]:
    return {ref for call in calls_of(node) for ref in references(call.arguments)}
