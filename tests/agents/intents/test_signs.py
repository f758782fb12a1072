"""The signs of intents: what each holds for, what it does not, and which one goes before."""

from __future__ import annotations

import pytest

from maquette.agents.intents.router import Router
from maquette.agents.reading.request import read_request
from maquette.model_servers.client.fake import ScriptedModelClient


@pytest.mark.parametrize(
    ("text", "attached", "intent"),
    [
        # Pictures made before are looked for, whatever they show.
        ("find pictures of a sign that says OPEN", 0, "search"),
        ("which of my drawings have a moon", 1, "search"),
        # What only makes sense of a picture is told as such, so that one is asked for.
        ("cut out the red circle", 0, "find"),
        ("make the circle green", 0, "edit"),
        ("draw this thing on a beach", 0, "show"),
        ("add a star", 0, None),
        # A thing that is named outright is drawn, but a poem or a song is not.
        ("a red circle", 0, "draw"),
        ("draw a boat", 0, "draw"),
        ("a poem about the sea", 0, None),
        # Sound is refused, but a poster may speak of it.
        ("sing me something about spring", 0, "sound"),
        ("record my voice as an mp3", 0, "sound"),
        ("make me a poster for a video club", 0, None),
        # Words are read from a picture, and not from one that is still to be made.
        ("what does the sign say", 1, "read"),
        ("read the text in the picture", 1, "read"),
        ("make a card with some text", 0, None),
        # Something in the picture is found before it is changed or described.
        ("where is the boat", 1, "find"),
        ("where is the boat", 0, None),
        # Words are set over what is pointed at, and drawn otherwise.
        ('put "SALE" on this picture', 1, "caption"),
        ('a sign that says "SALE"', 1, "draw"),
        ('a sign that says "SALE"', 0, "draw"),
        # A change is a change although it could also be said of a new drawing.
        ("make the circle green", 1, "edit"),
        ("make it green", 1, "edit"),
        # Questions about what is there.
        ("how many stars are there", 1, "describe"),
        ("is the house red", 1, "describe"),
        ("just describe it, do not draw anything", 0, "describe"),
        ("do not draw a circle, just draw a star", 1, None),
        # The picture itself is enlarged, a thing in it is changed.
        ("enlarge it twice", 1, "enlarge"),
        ("make this picture larger", 1, "enlarge"),
        ("make the boat larger", 1, "edit"),
        # An attached thing in a new scene.
        ("draw this thing on a beach", 1, "show"),
        ("put my boat next to a red house", 1, "show"),
        # A change that no rule takes apart.
        ("make the man in this photo smile", 1, "edit"),
        ("sharpen it", 1, "edit"),
        # Nothing that is sure.
        ("what is the capital of France", 0, None),
        ("hello", 0, None),
    ],
)
def test_words_alone_tell_the_intent_or_leave_it_open(
    models: ScriptedModelClient, text: str, attached: int, intent: str | None
) -> None:
    """Where it is None, examples decide."""
    told = Router(models).told(read_request(text, attached))
    assert (told.name if told else None) == intent


@pytest.mark.parametrize(
    "quoted", ["find pictures of a boat", "describe this picture", "cut out the star", "a song"]
)
@pytest.mark.parametrize("attached", [0, 1])
def test_a_quoted_word_never_decides(
    models: ScriptedModelClient, quoted: str, attached: int
) -> None:
    """What is to be written on a sign is no wish of its own."""
    told = Router(models).told(read_request(f'a sign that says "{quoted}"', attached))
    assert told is not None and told.name == "draw"
