"""Templates of questions, for training and for tests only."""

from __future__ import annotations

import re

QUESTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "exists": {
        "train": (
            "is there {a_name}?",
            "can you see {a_name}?",
            "does the picture show {a_name}?",
            "is there {a_name} here?",
            "is there {a_name} in this image?",
            "does this scene have {a_name}?",
            "does the drawing show {a_name} anywhere?",
            "can {a_name} be seen?",
            "is {a_name} shown?",
            "could you find {a_name}?",
            "tell me if there is {a_name}.",
            "is it true that there is {a_name}?",
            "{a_name}: is it here?",
            "does it show {a_name}?",
            "do you find {a_name}?",
            "would you say there is {a_name}?",
        ),
        "test": ("do you see {a_name} in the picture?", "is {a_name} there?"),
    },
    "colour": {
        "train": (
            "what colour is the {name}?",
            "which colour does the {name} have?",
            "what color is the {name}?",
            "which color is the {name} in this image?",
            "what colour does the {name} have?",
            "of what colour is the {name}?",
            "name the colour of the {name}.",
            "tell me which color the {name} has.",
            "what colour is the {name} drawn in?",
            "in this scene, what is the color of the {name}?",
            "the {name}, what colour is it?",
            "see the {name}. which color has it?",
            "of the {name}, name the colour.",
        ),
        "test": ("what is the colour of the {name}?", "the {name} is which colour?"),
    },
    "count": {
        "train": (
            "how many {names} are there?",
            "how many {names} do you see?",
            "how many {names} are in this image?",
            "how many {names} are shown here?",
            "how many {names} does the scene have?",
            "how many {names} can be seen?",
            "count the {names}.",
            "what number of {names} is there?",
            "what is the number of {names} in the drawing?",
            "tell me how many {names} there are.",
            "{names}: how many are there?",
            "how many {names} does it show?",
            "how many {names} do you find?",
        ),
        "test": ("how many {names} can you see?", "how many {names} does the picture show?"),
    },
    "relation": {
        "train": (
            "is the {subject} {relation} the {other}?",
            "does the picture show the {subject} {relation} the {other}?",
            "is it true that the {subject} is {relation} the {other}?",
            "tell me if the {subject} is {relation} the {other}.",
            "in this image, is the {subject} {relation} the {other}?",
            "would you say the {subject} is {relation} the {other}?",
            "does this scene have {a_subject} {relation} the {other}?",
            "could you find {a_subject} {relation} the {other}?",
            "do you find the {subject} {relation} the {other}?",
            "does it show the {subject} {relation} the {other}?",
        ),
        "test": (
            "can you see the {subject} {relation} the {other}?",
            "is there {a_subject} {relation} the {other}?",
        ),
    },
    "relation_open": {
        "train": (
            "what is {relation} the {other}?",
            "which thing is {relation} the {other}?",
            "name the thing {relation} the {other}.",
            "tell me what is {relation} the {other}.",
            "what does the picture show {relation} the {other}?",
            "{relation} the {other}, what is there?",
            "which thing can be seen {relation} the {other}?",
            "in this scene, what is {relation} the {other}?",
            "what does it show {relation} the {other}?",
            "what do you find {relation} the {other}?",
        ),
        "test": ("what do you see {relation} the {other}?",),
    },
    "pattern": {
        "train": (
            "what pattern does the {name} have?",
            "which pattern is on the {name}?",
            "what pattern is on the {name}?",
            "which pattern does the {name} show?",
            "name the pattern of the {name}.",
            "tell me which pattern the {name} has.",
            "what kind of pattern does the {name} have?",
            "in this image, what pattern is the {name} drawn in?",
            "the {name}, what pattern is on it?",
            "see the {name}. which pattern has it?",
        ),
        "test": ("what is the pattern of the {name}?",),
    },
    "pattern_is": {
        "train": (
            "is the {name} {pattern}?",
            "is the pattern of the {name} {pattern}?",
            "tell me if the {name} is {pattern}.",
            "is it true that the {name} is {pattern}?",
            "would you say the {name} is {pattern}?",
            "is there {a_pattern} pattern on the {name}?",
        ),
        "test": ("does the {name} have {a_pattern} pattern?",),
    },
    "size": {
        "train": (
            "what size is the {name}?",
            "which size does the {name} have?",
            "how big is the {name}?",
            "name the size of the {name}.",
            "tell me which size the {name} has.",
            "of what size is the {name}?",
            "what size does the {name} have in this image?",
            "the {name}, how big is it?",
            "see the {name}. which size has it?",
        ),
        "test": ("what is the size of the {name}?",),
    },
    "size_is": {
        "train": (
            "is the {name} {size}?",
            "is the size of the {name} {size}?",
            "tell me if the {name} is {size}.",
            "is it true that the {name} is {size}?",
            "would you say the {name} is {size}?",
            "is the {name} of {a_size} size?",
        ),
        "test": ("does the {name} have {a_size} size?",),
    },
    "text": {
        "train": (
            "what does it say?",
            "what text is in the picture?",
            "what is written here?",
            "which words are in this image?",
            "what do the words say?",
            "read the text.",
            "read the words in the drawing.",
            "tell me what it says.",
            "what text can be seen?",
        ),
        "test": ("what does the picture say?", "which text do you see?"),
    },
    "text_any": {
        "train": (
            "is there any text?",
            "does the picture show any words?",
            "is any text written here?",
            "are there words in this image?",
            "tell me if there is any text.",
            "does it say anything?",
            "do you see any text?",
            "could you find any words?",
        ),
        "test": ("can you see any words?", "is there any text in the picture?"),
    },
    "text_word": {
        "train": (
            'is the word "{word}" there?',
            'does it show the word "{word}" somewhere?',
            'does it say "{word}"?',
            'is "{word}" written here?',
            'tell me if the word "{word}" is shown.',
            'could you find the word "{word}"?',
            'is it true that the text says "{word}"?',
            'do you find the word "{word}"?',
        ),
        "test": ('can you see the word "{word}" in the picture?',),
    },
    "background": {
        "train": (
            "what is the background?",
            "which background does the picture have?",
            "what background does this image have?",
            "what kind of background is there?",
            "name the background.",
            "tell me what the background is.",
            "what does the background show?",
            "what is behind the things?",
            "in this scene, which background is shown?",
        ),
        "test": ("what background do you see?", "what is in the background?"),
    },
    "background_is": {
        "train": (
            "is the background {ground}?",
            "is there {a_ground} background?",
            "tell me if the background is {ground}.",
            "is it true that the background is {ground}?",
            "would you say the background is {ground}?",
        ),
        "test": ("does the picture have {a_ground} background?",),
    },
    "background_place": {
        "train": (
            "is the background {ground}?",
            "does the background show {ground}?",
            "tell me if there is {ground} behind the things.",
            "is it true that the background is {ground}?",
            "does this scene have {ground}?",
        ),
        "test": ("can you see {ground} in the background?",),
    },
}
"""Kind of question, some with variants, to its templates by wording.

The words in test templates all occur in training templates.
"""

LEADS = ("tell me: ", "could you say: ", "see the picture. ", "in this image: ", "in the scene, ")
"""What a trained question may begin with."""

TAILS = (
    " in the picture",
    " in this picture",
    " in the image",
    " in the drawing",
    " in this scene",
    " here",
)
"""What a trained question that names no place may end with, before its mark."""

_PLACED = re.compile(r"\b(picture|image|drawing|scene|here|anywhere|somewhere)\b")


def turned(template: str, lead: str, tail: str) -> str:
    """A template with a beginning and an ending, where it has none; never one of the tests'."""
    if _PLACED.search(template):
        return template
    question = f"{lead}{template[:-1]}{'' if _PLACED.search(lead) else tail}{template[-1]}"
    return template if question in _TESTS else question


_TESTS = {text for kind in QUESTIONS.values() for text in kind["test"]}
