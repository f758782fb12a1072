"""What each string on a sheet is: its headline, a date, a place, a detail, one sign of several.

A string whose role the brief tells keeps it. Otherwise dates and times, places, prices, numbers to
call and addresses on the net are told by their form, in the languages that forms are known of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from maquette.tools.art.brief import DesignName, Words, WordsRole

_MONTHS = (
    "january february march april may june july august september october november december "
    "januar februar märz mai juni juli oktober dezember jänner enero febrero marzo abril mayo "
    "junio julio agosto septiembre octubre noviembre diciembre janvier février mars avril juin "
    "juillet août septembre octobre novembre décembre"
)
_DAYS = (
    "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag "
    "freitag samstag sonntag lunes martes miércoles jueves viernes sábado domingo lundi mardi "
    "mercredi jeudi vendredi samedi dimanche daily täglich tonight tomorrow"
)
_PLACES = (
    "street st avenue ave road rd square lane park hall church school library garden gardens house "
    "room centre center station museum theatre theater club café cafe beach harbour harbor market "
    "barn pub hotel straße strasse platz weg saal kirche schule garten haus bahnhof calle plaza "
    "avenida iglesia escuela rue place église école jardin"
)


def _any(words: str) -> str:
    return r"\b(?:" + "|".join(words.split()) + r")\b"


_CLOCK = r"\b\d{1,2}(?:[:.]\d\d)?\s?(?:[ap]\.?m\b\.?|uhr\b|h\b|o'clock)|\b\d{1,2}:\d\d\b|\bnoon\b"
_DATE = (
    rf"\b\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:of\s+|de\s+)?{_any(_MONTHS)[2:]}"
    rf"|{_any(_MONTHS)}\.?\s+\d{{1,2}}\b|\b\d{{1,2}}[./-]\d{{1,2}}(?:[./-]\d{{2,4}})?\b"
    rf"|\b\d{{4}}-\d\d-\d\d\b|\d{{1,2}}\s?月|\d{{1,2}}\s?日"
)
_WHEN = re.compile(f"{_DATE}|{_CLOCK}|{_any(_DAYS)}", re.IGNORECASE)
_REACH = re.compile(
    r"\+?\d[\d\s().-]{5,}\d|\b\d{3}-\d{4}\b|\S+@\S+\.\w+|\bwww\.\S+|\bhttps?://\S+|"
    r"\b[\w-]+\.(?:com|org|net|de|es|fr|io|eu|uk)\b",
    re.IGNORECASE,
)
_PRICE = re.compile(r"[$€£¥₹]\s?\d|\d\s?(?:[$€£¥₹]|(?:euros?|dollars?|usd|eur)\b)|\d\s?%", re.I)
_FIGURE = re.compile(r"^[-+\u2212\u2013]?\s?\d+(?:[.,]\d+)?\s?%?$")
_WHERE = re.compile(
    rf"^(?:at|in|bei|im|am|en|à|au|chez)\s+(?:the\s+)?\w+.*|{_any(_PLACES)}"
    r"|\w+(?:straße|strasse|platz)\b",
    re.IGNORECASE,
)
_DETAIL = re.compile(
    r"^(?:rsvp|bring|please|free entry|admission|tickets|doors|by|contact|tel|call)\b", re.I
)
LONG = 60
"""A string of more characters than this is a detail, not a line below a headline."""
SHORT = 28
"""What several signs of equal rank have at most."""


def with_roles(words: Sequence[Words], design: DesignName) -> tuple[WordsRole, ...]:
    """A role for each string, in order. The first that is free to be one is the headline."""
    if _are_signs(words, design):
        return tuple(one.role or "sign" for one in words)
    told = any(one.role in ("headline", "sign") for one in words)
    roles: list[WordsRole] = []
    for one in words:
        role = one.role
        if role is None and not told and "headline" not in roles:
            role = _first(one.text, words)
        roles.append(role or _later(one.text))
    if design == "cover" and _is_name(words, roles):
        roles[-1] = "place"
    return tuple(_one_headline(roles, words))


def is_price(text: str) -> bool:
    """Whether a short string is a price, a discount or a bare figure: what people look for."""
    text = text.strip()
    return len(text) <= 8 and bool(_PRICE.search(text) or _FIGURE.match(text))


def _are_signs(words: Sequence[Words], design: DesignName) -> bool:
    if any(one.role == "sign" for one in words):
        return True
    free = all(one.role is None and one.place is None for one in words)
    alike = all(len(one.text) <= SHORT and _form(one.text) in (None, "line") for one in words)
    return design == "sign" and len(words) > 2 and free and alike


def _is_name(words: Sequence[Words], roles: Sequence[WordsRole]) -> bool:
    """Whether the last string of a cover is who wrote it: a short one that nothing else claims."""
    last = words[-1] if len(words) > 1 else None
    return (
        last is not None and last.role is None and roles[-1] == "line" and len(last.text) <= SHORT
    )


def _first(text: str, words: Sequence[Words]) -> WordsRole | None:
    """The first string is the headline unless it is plainly a date and another is none."""
    if _form(text) == "date" and any(_form(other.text) is None for other in words):
        return None
    return "headline"


def _later(text: str) -> WordsRole:
    form = _form(text)
    if form is not None:
        return form
    return "detail" if len(text) > LONG else "line"


def _form(text: str) -> WordsRole | None:
    """What its form tells; None: nothing. A number to call is where somebody can be found, and a
    short price is worth a line of its own."""
    short = len(text) <= SHORT
    if _REACH.search(text):
        return "date" if _is_date_alone(text) else ("place" if short else "detail")
    if _DETAIL.search(text):
        return "detail"
    if _WHEN.search(text):
        return "date"
    if _PRICE.search(text):
        return "line" if short else "detail"
    return "place" if _WHERE.search(text) and len(text) <= LONG else None


def _is_date_alone(text: str) -> bool:
    """A date in digits looks like a number to call; it has no other digits."""
    rest = re.sub(f"{_DATE}|{_CLOCK}", "", text, flags=re.IGNORECASE)
    return _WHEN.search(text) is not None and _REACH.search(rest) is None


def _one_headline(roles: list[WordsRole], words: Sequence[Words]) -> list[WordsRole]:
    """Whatever is on a sheet, something leads it: the first line, or the first string."""
    if not roles or "headline" in roles or "sign" in roles:
        return roles
    free = [i for i, one in enumerate(words) if one.role is None]
    leads = [i for i in free if roles[i] == "line"] or free
    return [("headline" if i in leads[:1] else role) for i, role in enumerate(roles)]
