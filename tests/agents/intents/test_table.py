"""An intent is one entry of one table: whatever routes, plans or refuses goes by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from installed import Packages

from maquette.agents.intents.contract import Asked, Intent
from maquette.agents.intents.fake import ScriptedIntent
from maquette.agents.intents.refusing.chat import Chat
from maquette.agents.intents.table import INTENTS, by_name, can_do, opened, signs
from maquette.agents.planning.embedded import EmbeddedPlanner
from maquette.contracts.intent import Example, IntentContract
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.errors import ConfigError, FixInput
from maquette.records.plan import Call, Plan
from maquette.records.task import TaskRequest
from maquette.tools.registry import Registry


def script(asked: Asked) -> Plan:
    """Look for pictures of what was said, backwards."""
    text = asked.reading.plain[::-1]
    call = Call(id="found", tool="find_pictures", arguments={"text": text})
    return Plan(nodes=(call,), outputs=("found.text",), summary="backwards")


def reverse(name: str = "reverse", rank: int = 5) -> ScriptedIntent:
    """An intent of a plug-in."""
    return ScriptedIntent("backwards", script, name=name, offer="say it backwards", rank=rank)


class TestScriptedIntent(IntentContract):
    @pytest.fixture
    def intent(self) -> ScriptedIntent:
        return reverse()

    @pytest.fixture
    def planned(self) -> Sequence[Example]:
        return [("boat backwards", 0), ("boat backwards", 1)]


async def test_one_entry_is_a_whole_intent(models: ScriptedModelClient, registry: Registry) -> None:
    """A new one in the table is told by its sign, plans, and is named where others refuse."""
    planner = EmbeddedPlanner(models, registry, by_name((*INTENTS.values(), reverse())))
    plan = await planner.plan(TaskRequest(text="boat backwards"))
    (call,) = plan.nodes
    assert isinstance(call, Call) and call.arguments == {"text": "sdrawkcab taob"}
    with pytest.raises(FixInput) as caught:
        await planner.plan(TaskRequest(text="make a song about spring"))
    assert caught.value.hint.endswith(", or say it backwards.")


async def test_an_intent_that_is_left_out_is_not_found(
    models: ScriptedModelClient, registry: Registry
) -> None:
    """Without the entry nothing plans it, and the refusal does not offer it."""
    fewer = by_name(one for one in INTENTS.values() if one.name != "search")
    planner = EmbeddedPlanner(models, registry, fewer)
    request = TaskRequest(text="find pictures of a red boat")
    try:
        plan = await planner.plan(request)
    except FixInput as refused:
        assert "find pictures" not in refused.hint
    else:
        assert "find_pictures" not in plan.model_dump_json()


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (lambda: reverse(name="draw"), "named 'draw'"),
        (lambda: reverse("another"), "both have rank"),
    ],
    ids=["name", "rank"],
)
def test_what_would_be_ambiguous_is_refused(other: Callable[[], Intent], why: str) -> None:
    """Two intents of a name, or two signs of a rank: it would be chance which one is meant."""
    with pytest.raises(ConfigError, match=why):
        by_name((*INTENTS.values(), reverse(), other()))


def test_signs_are_tried_the_plainest_first() -> None:
    """By rank, whatever the order of the table."""
    ranks = [sign.rank for sign, _ in signs(by_name((reverse(), *INTENTS.values())))]
    assert ranks == sorted(ranks) and ranks[0] == 5


def test_what_can_be_done_is_one_sentence_of_all_offers() -> None:
    """What a refusal tells a person: each offer once, the last after "or"."""
    assert can_do(by_name((reverse(),))) == "It can say it backwards."
    two = by_name((reverse(), reverse("again", rank=6)))
    assert can_do(two) == "It can say it backwards, or say it backwards."
    assert can_do(by_name((reverse(), Chat()))) == "It can say it backwards."


MODULE = """
from maquette.agents.intents.contract import Sign
class Mine:
    name, offer, signs = "mine", "dig", ()
    async def plan(self, asked): ...
class Ranks(Mine):
    signs = (7,)
class Offers(Mine):
    offer = None
class Late(Mine):
    @property
    def signs(self): raise OSError("no words")
MINE, RANKS, OFFERS, LATE = Mine(), Ranks(), Offers(), Late()
"""


@pytest.mark.parametrize(
    ("entry", "value", "reason"),
    [
        ("mine", "RANKS", "its signs: int found, Sign expected"),
        ("mine", "OFFERS", "its offer: NoneType found, str expected"),
        ("yours", "MINE", "its intent is named 'mine'; expected 'yours'"),
        ("mine", "Mine", "it names the class Mine; expected an instance, an Intent"),
        ("mine", "LATE", "it breaks when it is looked at: OSError: no words"),
    ],
)
def test_what_is_no_intent_is_left_out(
    packages: Packages, entry: str, value: str, reason: str
) -> None:
    """It is told by its package, and ours are all there."""
    packages.install("mines", {f"intents:{entry}": f"mines:{value}"}, MODULE)
    opened.cache_clear()
    try:
        found = opened()
        assert set(found.found) == set(INTENTS)
        (problem,) = found.problems
        assert problem.plugin == f"plug-in {entry} (mines:{value}, mines 1.5)"
        assert problem.reason == reason
    finally:
        opened.cache_clear()
