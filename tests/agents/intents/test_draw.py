"""Draw keeps what every intent promises; a question names nothing to draw."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from maquette.agents.intents.draw import Draw, names_known_thing
from maquette.agents.reading.request import read_request
from maquette.contracts.intent import Example, IntentContract
from maquette.words.lexicon import Lexicon


class TestDraw(IntentContract):
    @pytest.fixture
    def intent(self) -> Draw:
        return Draw()

    @pytest.fixture
    def planned(self) -> Sequence[Example]:
        return [
            ("a red circle above a house", 0),
            ('a poster that says "SALE" above a star', 0),
            ('a sign that says "OPEN"', 0),
        ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("something with boats", True),
        ("boats, please", True),
        ("how is a boat built", False),
        ("write a poem about a boat", False),
        ("something with dragons", False),
    ],
)
def test_a_question_names_nothing_to_draw(text: str, named: bool) -> None:
    """A known thing is only drawn where it is not asked about or written of."""
    lexicon = Lexicon(things=("boat", "star"))
    assert names_known_thing(read_request(text, 0), lexicon) is named
