"""Templates of questions, for training and for tests only."""

from __future__ import annotations

QUESTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "exists": {
        "train": (
            "is there {a_name}?",
            "can you see {a_name}?",
            "does the picture show {a_name}?",
        ),
        "test": ("do you see {a_name} in the picture?", "is {a_name} there?"),
    },
    "colour": {
        "train": ("what colour is the {name}?", "which colour does the {name} have?"),
        "test": ("what is the colour of the {name}?", "the {name} is which colour?"),
    },
    "count": {
        "train": ("how many {names} are there?", "how many {names} do you see?"),
        "test": ("how many {names} can you see?", "how many {names} does the picture show?"),
    },
    "relation": {
        "train": ("is the {subject} {relation} the {other}?",),
        "test": (
            "can you see the {subject} {relation} the {other}?",
            "is there {a_subject} {relation} the {other}?",
        ),
    },
    "relation_open": {
        "train": ("what is {relation} the {other}?", "which thing is {relation} the {other}?"),
        "test": ("what do you see {relation} the {other}?",),
    },
    "pattern": {
        "train": ("what pattern does the {name} have?", "which pattern is on the {name}?"),
        "test": ("what is the pattern of the {name}?",),
    },
    "pattern_is": {
        "train": ("is the {name} {pattern}?",),
        "test": ("does the {name} have {a_pattern} pattern?",),
    },
    "size": {
        "train": ("what size is the {name}?", "which size does the {name} have?"),
        "test": ("what is the size of the {name}?",),
    },
    "size_is": {
        "train": ("is the {name} {size}?",),
        "test": ("does the {name} have {a_size} size?",),
    },
    "text": {
        "train": ("what does it say?", "what text is in the picture?"),
        "test": ("what does the picture say?", "which text do you see?"),
    },
    "text_any": {
        "train": ("is there any text?", "does the picture show any words?"),
        "test": ("can you see any words?", "is there any text in the picture?"),
    },
    "text_word": {
        "train": ('is the word "{word}" there?', 'does it show the word "{word}" somewhere?'),
        "test": ('can you see the word "{word}" in the picture?',),
    },
    "background": {
        "train": ("what is the background?", "which background does the picture have?"),
        "test": ("what background do you see?", "what is in the background?"),
    },
    "background_is": {
        "train": ("is the background {ground}?",),
        "test": ("does the picture have {a_ground} background?",),
    },
    "background_place": {
        "train": ("is the background {ground}?",),
        "test": ("can you see {ground} in the background?",),
    },
}
"""Kind of question, some with variants, to its templates by wording.

The words in test templates all occur in training templates.
"""
