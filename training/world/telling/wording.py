"""The words and templates of captions, for training and for tests only.

"train" is how captions are written; "varied" has more ways of saying the same, for models that
read captions. Test templates never occur in training; the words in them do, in other places, so
that a test of new wordings asks for reading, not for guessing at unknown words.
"""

from __future__ import annotations

from typing import Literal

Wording = Literal["train", "varied", "test"]

NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}

RELATION_WORDS: dict[str, tuple[str, ...]] = {
    "left of": ("left of", "to the left of", "on the left of"),
    "right of": ("right of", "to the right of", "on the right of"),
    "above": ("above", "over"),
    "below": ("below", "under", "beneath"),
    "inside": ("inside", "in"),
    "in front of": ("in front of",),
}
"""Relation to the ways of saying it; the first is the plainest."""

INVERSE_WORDS: dict[str, tuple[str, ...]] = {"in front of": ("behind",)}
"""Relation to ways of saying it from the other thing's side."""

TEST_RELATIONS: dict[str, str] = {
    "left of": "{other} with {subject} to its left",
    "right of": "{other} with {subject} to its right",
    "above": "{other} with {subject} above it",
    "below": "{other} with {subject} below it",
    "inside": "{other} with {subject} inside it",
    "in front of": "{other} with {subject} in front of it",
}
"""Relation to its test-only template."""

VARIED_RELATIONS: tuple[str, ...] = (
    "{subject} {way} {other}",
    "{way} {other} is {subject}",
    "{way} {other} there is {subject}",
    "{other}, and {back} {subject}",
    "{other}, {back} is {subject}",
    "{other} and {subject} {back}",
    "{other} and, {back}, {subject}",
    "{other} has {subject} {back}",
    "{other}, which has {subject} {back}",
)
"""Ways of telling a relation in varied wording; in most of them its subject comes last."""
BACK_WORDS: dict[str, tuple[str, ...]] = {
    "left of": ("to its left", "on its left", "left of it"),
    "right of": ("to its right", "on its right", "right of it"),
}
"""Relation to ways of pointing back at the thing just named; others take "it" at the end."""

SIZE_WORDS = {"small": ("small", "little"), "medium": ("medium",), "large": ("large", "big")}
PATTERN_WORDS = {
    "plain": ("plain",),
    "striped": ("striped",),
    "dotted": ("dotted", "spotted"),
    "checked": ("checked", "checkered"),
}
PATTERN_TAILS = {"striped": "with stripes", "dotted": "with dots", "checked": "with checks"}
COLOUR_TAILS = ("that {be} {colour}", "which {be} {colour}", "of the colour {colour}")
"""Colours said after the thing, in varied wording."""

OPENINGS: dict[str, tuple[str, ...]] = {
    "train": (
        "a picture of ",
        "a drawing of ",
        "an image of ",
        "there {be} ",
        "here {be} ",
        "this is a scene with ",
        "the picture shows ",
    ),
    "varied": (
        "this picture shows ",
        "it shows ",
        "the drawing has ",
        "here you see ",
        "in the picture there {be} ",
        "see ",
    ),
    "test": ("this image shows ", "this drawing has ", "in this scene there {be} "),
}

PLACES: dict[str, tuple[str, str]] = {
    "meadow": ("in a meadow", "a meadow"),
    "sea": ("by the sea", "the sea"),
    "desert": ("in the desert", "the desert"),
    "snow": ("in the snow", "snow"),
    "night": ("at night", "night"),
    "city": ("in the city", "a city"),
    "mountains": ("in the mountains", "the mountains"),
}
"""Landscape to where the things are, and what the background is."""

COLOUR_SENTENCES: dict[str, tuple[str, ...]] = {
    "train": ("the background is {name}", "its background is {name}"),
    "varied": ("there is {a_name} background", "its background is {name}"),
    "test": ("the picture has {a_name} background",),
}
PLACE_SENTENCES: dict[str, tuple[str, ...]] = {
    "train": ("the background is {noun}", "behind it is {noun}"),
    "varied": ("the background shows {noun}", "there is {noun} behind"),
    "test": ("the picture has {noun} in the background",),
}
TEST_BACKGROUND = "with {a_name} background"
TEST_PLACE = "with {noun} in the background"

TEXT_TAILS: tuple[str, ...] = (
    'with the {word} "{text}"',
    'and the {word} "{text}"',
    'with the text "{text}"',
)
TEXT_SENTENCES: dict[str, tuple[str, ...]] = {
    "train": ('the text says "{text}"', 'the picture has the {word} "{text}"'),
    "varied": (
        'the picture says "{text}"',
        'it shows the {word} "{text}"',
        'it has the {word} "{text}"',
        'the {word} "{text}" {be} here',
        'here {be} the {word} "{text}"',
        'the {word} "{text}" {be} shown',
        'see the {word} "{text}"',
        '"{text}" is written here',
        'the {word} in it {be} "{text}"',
        'you read "{text}"',
    ),
    "test": ('it says "{text}"', 'here the {word} "{text}" {be}'),
}
