"""A second look at a finished picture, by a witness that never saw the plan.

The judges check what the plan was made to say. Where the plan itself was misread, they pass. The
witness reads the person's own words beside the picture, and may doubt; it passes and fails nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from maquette.agents.judging.doubt import Belief
from maquette.agents.reading.labelled.quoting import hide_quoted
from maquette.model_servers.client.contract import ModelClient, RoleName
from maquette.model_servers.client.roles import EmbeddingClient, RewardClient
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import InvalidInput
from maquette.words.stopwords import NEGATIONS

VERSION = "1"
"""Part of the key of every stored look; raise it when the same look would give another number."""
PERSPECTIVE = "alignment"
ROLES = (RoleName.EMBEDDING, RoleName.REWARD)
"""The second holds picture and words together, the first knows whether it knows the words."""
LINE = 0.15
"""Least probability without a doubt. Of 185 pictures that the bundled generator drew and a person
labelled, told truly in the words of a request, 4.9 % lie below; with one colour changed 91 %, one
thing 89 %, one number 29 % (``python -m maquette.training.reward second-look``)."""
DOUBT = "a second look that never saw the plan doubts that the picture fits the words"
MOST_CHARACTERS = 600
"""Longer requests are not told to the model, which takes short ones."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][a-z]+)?")


@dataclass(frozen=True)
class Look:
    """What came of a look: the calibrated probability (0 to 1) that the picture fits the words,
    None where the witness cannot know; seconds of model time, and calls of models."""

    probability: float | None = None
    forward_s: float = 0.0
    model_calls: int = 0


def told_to_it(words: str) -> str:
    """The words that the witness is told: without quoted strings, which are read back letter by
    letter elsewhere. Empty: it was not taught to read such a request."""
    masked = hide_quoted(words).masked
    plain = " ".join("".join(" " if "\ue000" <= one <= "\ue1ff" else one for one in masked).split())
    said = {word.lower() for word in _WORD.findall(plain)}
    denied = said & set(NEGATIONS) or any(word.endswith(("n't", "n’t")) for word in said)
    return "" if denied or not said or len(plain) > MOST_CHARACTERS else plain


async def look_again(models: ModelClient, image: ArtifactRef, words: str, *, owner: str) -> Look:
    """Hold a picture against the words that asked for it.

    Args:
        words: as ``told_to_it`` gives them, not empty.
    Returns: nothing known where the guard says that the words or the picture lie outside the
        model's world.
    Raises: as the models do, but for words that are too long.
    """
    read = await EmbeddingClient(models).embed_caption((words,))
    if any(verdict.in_world is False for verdict in read.verdicts):
        return Look(None, read.forward_s, 1)
    try:
        reply = await RewardClient(models).score((image,), (words,), (PERSPECTIVE,), owner=owner)
    except InvalidInput:
        return Look(None, read.forward_s, 1)
    spent_s = read.forward_s + reply.forward_s
    if any(verdict.in_world is False for verdict in reply.verdicts):
        return Look(None, spent_s, 2)
    return Look(reply.scores[0][PERSPECTIVE].score, spent_s, 2)


def belief_of_look(probability: float | None) -> Belief | None:
    """What a look's probability says of the picture; None: nothing."""
    if probability is None:
        return None
    return Belief(probability, DOUBT if probability < LINE else "")
