"""A sentence in, a checked picture out, through every real part."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from maquette.api.client import MaquetteClient
from maquette.infra.settings.schema import Settings
from maquette.infra.stack.control import StackInfo
from maquette.infra.store.contract import ArtifactStore
from maquette.records.event import TERMINAL, EventType
from maquette.records.task import Task, TaskOptions, TaskStatus
from maquette.records.verdict import Outcome

pytestmark = [pytest.mark.stack, pytest.mark.slow]

POSTER = "a poster that says GRAND OPENING above a red circle"


async def finished(client: MaquetteClient, text: str, **options: Any) -> Task:
    """Submit and wait to the end."""
    task = await client.submit(text, options=TaskOptions(**options))
    return await client.wait(task.id, timeout_s=180)


async def test_a_poster_has_its_words_and_says_what_nobody_judged(
    client: MaquetteClient, store: ArtifactStore, settings: Settings
) -> None:
    """The text is read and passes; what has no judge is unjudged, never passed."""
    task = await finished(client, POSTER, seed=5, source="drawn")
    assert task.status is TaskStatus.UNVERIFIED, task
    assert task.result is not None and task.result.best is not None
    assert task.result.not_judged == ("the text is above the circle",)
    verdict = await client.verdict(task.result.best.verdict)
    outcomes = {f.criterion.kind: f.outcome for f in verdict.findings}
    assert outcomes["text_reads"] is Outcome.PASSED
    # No question asks how a text stands to a thing: of all that was wanted it alone is left open.
    assert outcomes["relation"] is Outcome.UNJUDGED
    assert all(f.judge for f in verdict.findings if f.outcome is Outcome.PASSED)
    picture = Image.open(io.BytesIO(await client.download(task.result.artifacts[0].sha256)))
    assert picture.format == "PNG"
    assert min(picture.size) >= 512
    lineage = await store.lineage(task.result.artifacts[0].sha256, owner=settings.owner)
    assert lineage is not None and lineage.tool.endswith("typeset")
    assert lineage.parents


async def test_a_poster_may_be_composed_and_its_words_stand_where_they_were_asked_for(
    client: MaquetteClient, store: ArtifactStore, settings: Settings
) -> None:
    """Both sources make drafts; of a composed one it is known where the words stand."""
    task = await finished(client, POSTER, seed=5)
    assert task.status is TaskStatus.COMPLETED, task
    assert task.result is not None and task.result.best is not None
    assert {draft.source for draft in task.result.drafts} == {"art", "drawn"}
    art = max((d for d in task.result.drafts if d.source == "art"), key=lambda d: d.score)
    verdict = await client.verdict(art.verdict)
    assert {f.outcome for f in verdict.findings} == {Outcome.PASSED}
    svg = await client.vector(art.artifact.sha256)
    assert (await client.download(svg.sha256)).startswith(b"<svg ")
    lineage = await store.lineage(art.artifact.sha256, owner=settings.owner)
    assert lineage is not None and lineage.tool == "compose"
    assert lineage.parameters["brief"]["credits"]


async def test_the_same_task_with_the_same_seed_gives_the_same_bytes(
    client: MaquetteClient, forget_steps: Callable[[], Awaitable[None]]
) -> None:
    """Equal request and seed: equal picture, also when all work is done again."""
    first = await finished(client, POSTER, seed=11)
    await forget_steps()
    second = await finished(client, POSTER, seed=11)
    assert first.result is not None and second.result is not None
    assert second.usage.cache_hits == 0 and second.usage.model_calls > 0
    assert first.result.artifacts[0].sha256 == second.result.artifacts[0].sha256
    third = await finished(client, POSTER, seed=12)
    assert third.result is not None
    assert third.result.artifacts[0].sha256 != first.result.artifacts[0].sha256


async def test_an_equal_task_does_no_model_work(client: MaquetteClient) -> None:
    """Finished work is found again by its content key."""
    await finished(client, POSTER, seed=21)
    again = await finished(client, POSTER, seed=21)
    assert again.usage.model_calls <= 2, again.usage  # planning asks for embeddings
    assert again.usage.cache_hits > 0


async def test_events_tell_the_story_and_resume_from_any_offset(client: MaquetteClient) -> None:
    """The stream ends with the terminal event and goes on after any offset without a gap."""
    task = await finished(client, "a sign that says WET PAINT", seed=3)
    events = [event async for event in client.events(task.id)]
    assert events[0].type is EventType.TASK_CREATED
    assert events[-1].type in TERMINAL
    assert EventType.PLAN_CREATED in {event.type for event in events}
    offsets = [event.offset for event in events]
    assert offsets == sorted(set(offsets))  # type: ignore[type-var]
    middle = len(events) // 2
    rest = [event async for event in client.events(task.id, after=events[middle].offset)]
    assert rest == events[middle + 1 :]


async def test_a_question_about_a_picture_is_answered(client: MaquetteClient) -> None:
    """What stands on an attached picture is read out."""
    sign = await finished(client, "a sign that says Fresh Bread", seed=3)
    assert sign.result is not None
    picture = await client.upload(await client.download(sign.result.artifacts[0].sha256))
    task = await client.submit("what does this sign say?", inputs=[picture])
    task = await client.wait(task.id, timeout_s=60)
    assert task.status is TaskStatus.COMPLETED, task.problem
    assert task.result is not None and task.result.text is not None
    assert task.result.text.split() == ["Fresh", "Bread"]


def test_the_command_line_prints_the_path_of_the_picture(
    stack: StackInfo, settings: Settings, tmp_path: Path
) -> None:
    """stdout holds the answer alone; a second command finds the task again."""

    def maquette(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [Path(sys.executable).with_name("maquette"), *arguments],
            cwd=tmp_path,
            env={**os.environ, "MAQUETTE_DATA_DIR": str(settings.data_dir), "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            timeout=180,
        )

    run = maquette("run", "a sign that says JAZZ NIGHT", "--seed", "4", "-o", "jazz.png")
    assert run.returncode == 0, run.stderr
    assert Path(run.stdout.strip()).name == "jazz.png"
    assert Image.open(tmp_path / "jazz.png").format == "PNG"
    assert "JAZZ NIGHT" in run.stderr
    listed = maquette("task", "ls", "--json")
    assert listed.returncode == 0, listed.stderr
    assert any(t["request"]["text"].endswith("JAZZ NIGHT") for t in json.loads(listed.stdout))
