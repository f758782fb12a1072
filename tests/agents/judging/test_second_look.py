"""A witness doubts below its line, and is silent about what it was not taught."""

from __future__ import annotations

import pytest

from maquette.agents.judging.second_look import (
    LINE,
    MOST_CHARACTERS,
    Look,
    belief_of_look,
    look_again,
    told_to_it,
)
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.embedding import EmbedCaptionReply
from maquette.model_servers.schemas.guard import GuardVerdict
from maquette.model_servers.schemas.reward import PerspectiveScore, ScoreReply
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import InvalidInput

PICTURE = ArtifactRef(sha256="a" * 64, media_type="image/png", size_bytes=1)


def models(score: float, *, words: bool | None = True, picture: bool | None = True):
    """A witness that finds a probability; whether the guard knows the words and the picture."""
    table = {"alignment": PerspectiveScore(score=score, raw=(0.0,))}
    reply = ScoreReply(
        scores=(table,), verdicts=(GuardVerdict(in_world=picture),), digest="r", forward_s=0.25
    )
    read = EmbedCaptionReply(
        vectors=((1.0,),), verdicts=(GuardVerdict(in_world=words),), digest="e", forward_s=0.5
    )
    return ScriptedModelClient(
        {("reward", "score"): lambda _: reply, ("embedding", "embed_caption"): lambda _: read},
        digests={"reward": "r", "embedding": "e"},
    )


@pytest.mark.parametrize(
    ("words", "picture", "look"),
    [
        (True, True, Look(0.1, 0.75, 2)),
        (None, None, Look(0.1, 0.75, 2)),
        (True, False, Look(None, 0.75, 2)),
        (False, True, Look(None, 0.5, 1)),
    ],
)
async def test_outside_its_world_it_says_nothing(words, picture, look) -> None:
    """Strange words are not even shown to it; of other models nobody knows the world."""
    client = models(0.1, words=words, picture=picture)
    assert await look_again(client, PICTURE, "a red circle", owner="local") == look


async def test_words_too_long_for_it_are_no_doubt() -> None:
    def refuse(_: object) -> None:
        raise InvalidInput("the caption is too long")

    client = models(0.9)
    client._scripts["reward", "score"] = refuse
    assert (await look_again(client, PICTURE, "a red", owner="local")).probability is None


def test_only_below_the_line_there_is_a_doubt() -> None:
    """On the line it believes; of what it does not know it says neither."""
    below, on = belief_of_look(LINE - 0.001), belief_of_look(LINE)
    assert below is not None and "never saw the plan" in below.doubt
    assert on is not None and on.doubt == ""
    assert belief_of_look(None) is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ('a red star, with "NO ENTRY" on it', "a red star, with on it"),
        ("a house without a door", ""),
        ("a sky that doesn't rain", ""),
        ('"HELLO"', ""),
        ("a " * MOST_CHARACTERS, ""),
    ],
)
def test_what_it_is_told(words: str, told: str) -> None:
    """The words without quoted strings; nothing of denials, which it was never taught."""
    assert told_to_it(words) == told
