"""Stored histories replay: a change of the workflow that would break running tasks fails here.

There is a folder for each change of what the workflow does. After another intended change,
``python tests/support/workflows/record_histories.py`` records into a new one.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from places import DATA
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from workflow_parts import make_engine

from maquette.records.task import TaskRequest
from maquette.workflows.run.task_workflow import TaskWorkflow
from maquette.workflows.wire.history_law import check_history
from maquette.workflows.wire.sealing import sealed_converter
from maquette.workflows.worker import sandbox

HISTORIES = sorted((DATA / "histories").glob("*/*.json"))


def load(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(path.stem, path.read_text())


def test_there_are_histories_to_replay() -> None:
    """At least three real histories are kept of each version of the workflow."""
    versions = Counter(path.parent.name for path in HISTORIES)
    assert len(versions) >= 2 and min(versions.values()) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: f"{path.parent.name}-{path.stem}")
async def test_a_stored_history_replays(path: Path) -> None:
    """Today's workflow makes the decisions that the stored history tells, of a run begun before
    there was a key; the history keeps the law."""
    replayer = Replayer(
        workflows=[TaskWorkflow],
        data_converter=sealed_converter(bytes(32), {path.stem: "its run"}),
        workflow_runner=sandbox(strict=True),
    )
    await replayer.replay_workflow(load(path))
    assert check_history(load(path)) == []


async def test_a_sealed_history_replays(run_with) -> None:
    """A history whose payloads are sealed, each with a nonce of its own, replays with the key,
    and does not without."""
    async with run_with(make_engine()) as running:
        task = await running.gateway.submit(TaskRequest(text="a poster"), owner="local")
        handle = running.client.get_workflow_handle(task.id)
        await handle.result()
        history = await handle.fetch_history()
    for converter, fits in (
        (running.client.data_converter, True),
        (sealed_converter(bytes(32), {}), False),
    ):
        replayer = Replayer(
            workflows=[TaskWorkflow],
            data_converter=converter,
            workflow_runner=sandbox(strict=True),
        )
        result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
        assert (result.replay_failure is None) is fits


@pytest.mark.parametrize("path", HISTORIES[:1], ids=lambda path: f"{path.parent.name}-{path.stem}")
async def test_a_careless_change_is_caught(path: Path) -> None:
    """A history whose order of events differs from what the workflow does is refused."""
    value = json.loads(path.read_text())
    scheduled = [
        event for event in value["events"] if "activityTaskScheduledEventAttributes" in event
    ]
    scheduled[0]["activityTaskScheduledEventAttributes"]["activityType"]["name"] = "another"
    replayer = Replayer(
        workflows=[TaskWorkflow],
        data_converter=pydantic_data_converter,
        workflow_runner=sandbox(strict=True),
    )
    with pytest.raises(Exception, match=r"(?i)nondeterminis|another"):
        await replayer.replay_workflow(WorkflowHistory.from_json(path.stem, json.dumps(value)))
