"""Read a request once: everything its words say, kept for whoever routes or plans it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from maquette.agents.reading.changing import Changes, read_changes
from maquette.agents.reading.finding import Sought, read_finding
from maquette.agents.reading.labelled.changed import ChangesRead
from maquette.agents.reading.labelled.labelled import Labelled
from maquette.agents.reading.labelled.scenes import SceneRead
from maquette.agents.reading.scene import Wish, known_to, read_scene
from maquette.agents.reading.searching import read_search
from maquette.agents.reading.sequences import Sequence, read_sequence
from maquette.agents.reading.showing import Showing, read_showing, without_nouns
from maquette.agents.reading.wording import HIDDEN, PLACEHOLDER, Wordings, find_wordings
from maquette.records.errors import InvalidInput
from maquette.words.lexicon import Lexicon

MAX_STRING_CHARACTERS = 400

_ABOUT_ATTACHED = re.compile(
    r"\b(?:this|the attached|attached|my|these|that|the)\s+(?:\w+\s+)?"
    r"(?:picture|image|photo|photograph|sign|poster|label|screenshot|scan|drawing|card|page|one|"
    r"pictures|images|photos|it)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reading:
    """What one request says, by every way of reading it. Each is None where it says no such
    thing; several may speak, and the intents' signs choose between them."""

    wordings: Wordings
    """The strings to be seen, and the request with each replaced by a private character."""
    attached: int
    """How many pictures are attached: all that is known of them here."""
    plain: str
    """The request with every string replaced by the word "words", so that none decides."""
    points: bool
    """Whether it points at what is attached ("this picture")."""
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
    labelled: Labelled | None = None
    """The request as the trained reader labels it; None: rules read it."""
    scene: SceneRead | None = None
    """The scene of what is labelled."""
    parts: tuple[Reading, ...] = ()
    """The frames of a labelled sequence, each read by itself."""
    understood: ChangesRead | None = None
    """The changes of what is labelled, and what none of them holds."""

    @property
    def masked(self) -> str:
        """The request with each string replaced by a private character."""
        return self.wordings.masked

    def wish(self, lexicon: Lexicon) -> Wish:
        """The scene, in the words of a lexicon where it has one."""
        if self.scene is None:
            return read_scene(self.masked, lexicon)
        return known_to(self.scene.wish, lexicon)

    @property
    def language(self) -> str:
        """Two letters."""
        return self.labelled.language if self.labelled else "en"

    @property
    def shown(self) -> tuple[str, ...]:
        """The strings that are to be seen."""
        return self.wordings.shown


def read_request(text: str, attached: int) -> Reading:
    """Read a request with so many attached pictures.

    Raises: InvalidInput: it has no words, or a string to be shown is too long.
    """
    text = text.strip()
    check_words(text)
    wordings = find_wordings(text)
    check_strings(wordings.shown)
    wordings = replace(wordings, masked=without_nouns(wordings.masked))
    plain = plain_of(wordings.masked)
    return Reading(
        wordings=wordings,
        attached=attached,
        plain=plain,
        points=attached > 0 and bool(_ABOUT_ATTACHED.search(plain)),
        search=read_search(wordings),
        sought=read_finding(wordings),
        changes=read_changes(wordings.masked),
        showing=read_showing(wordings.masked),
        sequence=read_sequence(wordings.masked),
        bare=read_scene(wordings.masked, Lexicon()) if wordings.shown else None,
    )


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
    return "".join(
        "some words" if PLACEHOLDER <= ord(c) <= PLACEHOLDER + 0xFF else c
        for c in masked.replace(HIDDEN, "")
    )
