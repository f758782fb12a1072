"""Judge a picture once: an equal picture with equal criteria finds its verdict again."""

from __future__ import annotations

from typing import Any

from maquette.model_servers.schemas.text_rendering import PlacedBlock
from maquette.records.artifact import ArtifactRef
from maquette.records.criterion import Criterion
from maquette.records.geometry import Box
from maquette.records.verdict import Verdict
from maquette.workflows.steps.step import StepRunner
from maquette.workflows.steps.step_cache import Looked, StepCache, StepResult, step_key
from maquette.workflows.wire.messages import Spent


async def judge_once(
    runner: StepRunner,
    cache: StepCache,
    criteria: tuple[Criterion, ...],
    image: ArtifactRef,
    placed: list[PlacedBlock] | None,
    art: Box | None = None,
    scene: ArtifactRef | None = None,
) -> tuple[Verdict, Spent]:
    """The verdict on a picture, and what it cost (a look-up costs one cache hit).

    Args:
        placed: where words were set on it, when that is known.
        art: where it was drawn, when it is a sheet with a drawing on it.
        scene: the document it was composed from, when it was.
    """
    if not criteria:
        return Verdict(findings=()), Spent()
    critic = runner.engine.critic
    arguments: dict[str, Any] = {
        "criteria": [one.model_dump(mode="json") for one in criteria],
        "image": image.model_dump(mode="json"),
        "placed": None if placed is None else [one.model_dump(mode="json") for one in placed],
    }
    if art is not None:  # Left out where there is none, so that older verdicts are found again.
        arguments["art"] = art.model_dump(mode="json")
    version = critic.version
    if scene is not None:  # Left out for the same reason; and others judge such pictures.
        arguments["scene"] = scene.model_dump(mode="json")
        version = critic.composed_version
    key = step_key(
        owner=runner.owner,
        tool="judge",
        tool_version=version,
        digests=await runner.digests(critic.roles),
        arguments=arguments,
        seed=None,
    )

    async def judge() -> StepResult:
        judged = await critic.judge(
            criteria, image, owner=runner.owner, placed=placed, art=art, scene=scene
        )
        return StepResult(
            tool="judge",
            tool_version=version,
            output=judged.verdict.model_dump(mode="json"),
            model_s=judged.forward_s,
            model_calls=judged.model_calls,
            task_id=runner.task_id,
        )

    looked = await cache.run(key, judge, owner=runner.owner)
    return Verdict.model_validate(looked.result.output), spent_on(looked)


async def clean_once(
    runner: StepRunner,
    cache: StepCache,
    image: ArtifactRef,
    art: Box | None = None,
    scene: ArtifactRef | None = None,
) -> tuple[float | None, Spent]:
    """How cleanly a picture is made (None: nobody can tell), and what it cost to find out.

    Args: as ``judge_once``.
    """
    critic = runner.engine.critic
    version = critic.version if scene is None else critic.composed_version
    key = step_key(
        owner=runner.owner,
        tool="clean",
        tool_version=version,
        digests=await runner.digests(critic.roles),
        arguments={
            "image": image.model_dump(mode="json"),
            "art": None if art is None else art.model_dump(mode="json"),
            "scene": None if scene is None else scene.model_dump(mode="json"),
        },
        seed=None,
    )

    async def measure() -> StepResult:
        found = await critic.clean(image, owner=runner.owner, art=art, scene=scene)
        return StepResult(
            tool="clean",
            tool_version=version,
            output={"clean": found.value},
            model_s=found.forward_s,
            model_calls=found.model_calls,
            task_id=runner.task_id,
        )

    looked = await cache.run(key, measure, owner=runner.owner)
    return looked.result.output["clean"], spent_on(looked)


def spent_on(looked: Looked) -> Spent:
    """What a step cost; a look-up costs one cache hit."""
    if looked.cached:
        return Spent(cache_hits=1)
    result = looked.result
    return Spent(
        model_s=result.model_s, critical_model_s=result.model_s, model_calls=result.model_calls
    )
