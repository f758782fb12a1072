"""Look at the best draft of a round a second time, once: equal pictures and words are looked up."""

from __future__ import annotations

import logging

from maquette.agents.judging.art import cut_art
from maquette.agents.judging.second_look import (
    ROLES,
    VERSION,
    belief_of_look,
    look_again,
    told_to_it,
)
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import MaquetteError
from maquette.records.geometry import Box
from maquette.workflows.steps.judging import spent_on
from maquette.workflows.steps.step import StepRunner
from maquette.workflows.steps.step_cache import StepCache, StepResult, step_key
from maquette.workflows.wire.messages import Belief, Spent

log = logging.getLogger(__name__)


async def looked_at_again(
    runner: StepRunner, cache: StepCache, image: ArtifactRef, words: str, art: Box | None = None
) -> tuple[Belief | None, Spent]:
    """What a witness thinks that knows the person's words alone, and what it cost.

    Args:
        words: the whole request; empty: nobody is asked.
        art: where the drawing is on the sheet, when it is a sheet with one; that part is looked at.
    Returns: None where the witness is not there, or cannot know. A picture is never held up for it.
    """
    told = told_to_it(words)
    if not told:
        return None, Spent()
    try:
        return await _looked(runner, cache, image, told, art)
    except MaquetteError as error:
        log.info("no second look at %s: %s", image.sha256[:12], error.message)
        return None, Spent()


async def _looked(
    runner: StepRunner, cache: StepCache, image: ArtifactRef, told: str, art: Box | None
) -> tuple[Belief | None, Spent]:
    engine, owner = runner.engine, runner.owner
    key = step_key(
        owner=owner,
        tool="second_look",
        tool_version=VERSION,
        digests=await runner.digests(ROLES),
        arguments={
            "image": image.model_dump(mode="json"),
            "art": None if art is None else art.model_dump(mode="json"),
            "words": told,
        },
        seed=None,
    )

    async def look() -> StepResult:
        seen = image if art is None else await cut_art(engine.store, image, art, owner=owner)
        found = await look_again(engine.models, seen, told, owner=owner)
        return StepResult(
            tool="second_look",
            tool_version=VERSION,
            output={"probability": found.probability},
            model_s=found.forward_s,
            model_calls=found.model_calls,
            task_id=runner.task_id,
        )

    looked = await cache.run(key, look, owner=owner)
    belief = belief_of_look(looked.result.output["probability"])
    known = None if belief is None else Belief(probability=belief.probability, doubt=belief.doubt)
    return known, spent_on(looked)
