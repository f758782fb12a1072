"""What strings are told to be by their form."""

from __future__ import annotations

import pytest

from maquette.tools.art.brief import Words
from maquette.tools.art.sheets.roles import with_roles


def roles(*texts: str, design: str = "poster") -> tuple[str, ...]:
    return with_roles([Words(text=text) for text in texts], design)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("12 July, 3 pm", "date"),
        ("Saturday, 4 June 2027", "date"),
        ("July 4", "date"),
        ("Sunday 10:00", "date"),
        ("24.12.2026", "date"),
        ("Samstag, 3. März um 15 Uhr", "date"),
        ("7月12日", "date"),
        ("Town Hall", "place"),
        ("12 Garden Lane", "place"),
        ("at the old mill", "place"),
        ("call 555-0199", "place"),
        ("Hauptstraße 12", "place"),
        ("RSVP by 1 May", "detail"),
        ("Bring your own box", "detail"),
        ("Write to hello@example.org for a table near the band stand", "detail"),
        ("50 % off", "line"),
        ("Only $5", "line"),
        ("every bottle counts", "line"),
        ("We have been baking the bread of this town for more than a hundred years now", "detail"),
    ],
)
def test_form_tells_the_role(text: str, role: str) -> None:
    """Of a string after the headline."""
    assert roles("Something", text) == ("headline", role)


def test_the_first_string_leads() -> None:
    """Unless it is a date and another string is free to lead."""
    assert roles("Winter Fair", "12 July") == ("headline", "date")
    assert roles("12 July", "Winter Fair") == ("date", "headline")
    assert roles("12 July") == ("headline",)


def test_roles_that_are_told_are_kept() -> None:
    """Whatever the form says."""
    words = [Words(text="12 July", role="headline"), Words(text="Fair", role="detail")]
    assert with_roles(words, "poster") == ("headline", "detail")


def test_several_short_strings_of_a_sign_are_signs() -> None:
    """Three or more of one rank; two are a headline and a line."""
    assert roles("Kitchen", "Toilets", "Exit", design="sign") == ("sign",) * 3
    assert roles("Eggs $2", "Milk $1", "Jam $4", design="sign") == ("sign",) * 3
    assert roles("Quiet please", "exam in progress", design="sign") == ("headline", "line")
    assert roles("Fair", "12 July", "Town Hall", design="sign") == ("headline", "date", "place")


def test_the_name_at_the_end_of_a_cover_stands_apart() -> None:
    """Who wrote it is no line below the title."""
    assert roles("Cooking for Two", "Rosa Martín", design="cover") == ("headline", "place")
    assert roles("Cooking for Two", "Rosa Martín", design="card") == ("headline", "line")


def test_there_is_always_one_that_leads() -> None:
    """Even of dates and details alone."""
    for texts in (("RSVP by 1 May", "12 July"), ("12 July", "Town Hall"), ("call 555-0199",)):
        assert roles(*texts).count("headline") == 1
