"""How cleanly a picture is made, 0 to 1: what chooses between drafts of different sources."""

from __future__ import annotations

from maquette.agents.judging.composed.reading import see
from maquette.agents.judging.composed.sources import ArtSources, Sources
from maquette.agents.judging.contract import Sight
from maquette.model_servers.client.roles import RewardClient
from maquette.records.errors import (
    CapabilityMissing,
    ConfigError,
    InvalidInput,
    MediaRejected,
    MissingExtra,
    NotFound,
)

PERSPECTIVE = "fidelity"
"""What the reward role calls clean drawing."""
CAPTION = "a picture"


async def clean_of(
    sight: Sight, *, caption: str = CAPTION, sources: Sources | None = None
) -> float | None:
    """How clean a picture is; None: nobody can tell.

    A composed picture is as clean as the share of what its document says, and of what it shows
    besides, that is seen as it should be: 1 where all is. Of a drawn one the reward role's
    perspective of clean drawing tells, where it is served and knows such pictures.

    Args:
        sight: the picture; its meter counts the call of the model.
        caption: what was to be drawn.
    Raises: as the reward role does, but for a model that is not there.
    """
    if sight.scene is not None:
        return await _composed(sight, ArtSources() if sources is None else sources)
    try:
        reply = await RewardClient(sight.models).score(
            (await sight.drawn(),), (caption,), (PERSPECTIVE,), owner=sight.owner
        )
    except (CapabilityMissing, ConfigError, NotFound):
        return None
    sight.spent(reply.forward_s)
    if any(verdict.in_world is False for verdict in reply.verdicts):
        return None
    return reply.scores[0][PERSPECTIVE].score


async def _composed(sight: Sight, sources: Sources) -> float | None:
    try:
        view = await see(sight, sources)
    except (InvalidInput, MediaRejected, MissingExtra, NotFound):
        return None
    right = sum(thing.there is True for thing in view.things)
    all_of_it = len(view.things) + len(view.strange)
    return 1.0 if right == all_of_it else right / all_of_it
