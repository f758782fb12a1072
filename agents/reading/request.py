"""Read a request once: everything its words say, kept for whoever routes or plans it."""

from __future__ import annotations

from dataclasses import dataclass

from maquette.agents.reading.changes import Changes
from maquette.agents.reading.finding import Sought
from maquette.agents.reading.labelled.edits.changed import ChangesRead
from maquette.agents.reading.labelled.labelled import Labelled
from maquette.agents.reading.labelled.said import SceneRead
from maquette.agents.reading.scene import Wish, known_to
from maquette.agents.reading.sequences import Sequence
from maquette.agents.reading.showing import Showing
from maquette.agents.reading.wording import PLACEHOLDER, Wordings
from maquette.records.errors import InvalidInput
from maquette.words.lexicon import Lexicon

MAX_STRING_CHARACTERS = 400


@dataclass(frozen=True)
class Reading:
    """What one item of a request says. Where it says no such thing, a field is None."""

    wordings: Wordings
    """The strings to be seen, and the request with each replaced by a private character."""
    attached: int
    """How many pictures are attached: all that is known of them here."""
    plain: str
    """The request with every string replaced by the word "words", so that none decides."""
    search: str | None
    """What the pictures made before show that are looked for; empty: it does not say."""
    sought: Sought | None
    """What to find in an attached picture."""
    changes: Changes | None
    """How to change an attached picture, or what is open about that."""
    showing: Showing | None
    """The new scene for the things of attached pictures."""
    sequence: Sequence | None
    """The frames or pictures that it lists, each in its own words."""
    bare: Wish | None
    """The scene as read without a generator's words; None: there are no strings to be seen."""
    labelled: Labelled
    """The request as the trained reader labels it."""
    scene: SceneRead
    """Everything that is to be seen."""
    parts: tuple[Reading, ...] = ()
    """The frames of a labelled sequence, each read by itself."""
    opening: tuple[tuple[str, str], ...] = ()
    """What is said before the frames and is in none of them, each with why."""
    understood: ChangesRead | None = None
    """The changes of what is labelled, and what none of them holds."""

    @property
    def masked(self) -> str:
        """The request with each string replaced by a private character."""
        return self.wordings.masked

    def wish(self, lexicon: Lexicon) -> Wish:
        """The scene, in the words of a lexicon where it has one."""
        return known_to(self.scene.wish, lexicon)

    @property
    def language(self) -> str:
        """Two letters."""
        return self.labelled.language

    @property
    def shown(self) -> tuple[str, ...]:
        """The strings that are to be seen."""
        return self.wordings.shown


def check_words(text: str) -> None:
    """Raises: InvalidInput: a request has no words."""
    if not any(character.isalnum() for character in text):
        raise InvalidInput(
            "the request has no words", hint='Say what you want, e.g. "a red circle".'
        )


def check_strings(strings: tuple[str, ...]) -> None:
    """Raises: InvalidInput: a string to be shown is too long."""
    for string in strings:
        if len(string) > MAX_STRING_CHARACTERS:
            raise InvalidInput(
                f"a string to be shown has {len(string)} characters; "
                f"at most {MAX_STRING_CHARACTERS} can be set",
                hint="Shorten it, or split it into several strings.",
            )


def plain_of(masked: str) -> str:
    """A masked request with each string as the words "some words"."""
    return "".join(
        "some words" if PLACEHOLDER <= ord(c) <= PLACEHOLDER + 0xFF else c for c in masked
    )
