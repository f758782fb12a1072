"""Which planner the settings ask for, and what it is told of whoever runs its plans."""

from __future__ import annotations

import pytest

from maquette.agents.planning.make import make_planner
from maquette.infra.settings.load import load_settings
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.errors import PlanRejected
from maquette.records.plan import Loop
from maquette.records.task import TaskOptions, TaskRequest
from maquette.tools.registry import Registry

TEXT = 'a poster that says "GRAND OPENING" above a red circle'


async def test_a_strategy_that_was_asked_for_is_the_loops(
    models: ScriptedModelClient, registry: Registry
) -> None:
    """Any of those that whoever runs the plan has, a package's too."""
    planner = make_planner(load_settings("test"), models, registry, strategies=["once", "revise"])
    for name in ("once", "revise"):
        options = TaskOptions(strategy=name)
        plan = await planner.plan(TaskRequest(text=TEXT, options=options))
        assert {node.strategy for node in plan.nodes if isinstance(node, Loop)} == {name}


async def test_an_unknown_strategy_is_refused_with_the_known_ones(
    models: ScriptedModelClient, registry: Registry
) -> None:
    """The name, what was expected, and the next step."""
    planner = make_planner(load_settings("test"), models, registry, strategies=["once", "revise"])
    request = TaskRequest(text=TEXT, options=TaskOptions(strategy="best_of_n"))
    with pytest.raises(PlanRejected, match="'best_of_n'; known: once, revise") as caught:
        await planner.plan(request)
    assert caught.value.hint.endswith("ask again.")
