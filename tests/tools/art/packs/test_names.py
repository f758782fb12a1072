"""The packaged names: small letters, fourteen languages, one licence."""

from __future__ import annotations

import emoji
import pytest

from maquette.tools.art.packs.names import DATA, code_of, text_of, unicode_names

LANGUAGES = {"en", "de", "es", "zh", "fr", "it", "pt", "ja", "ko", "ru", "ar", "tr", "id", "fa"}


def test_it_is_small_and_tells_where_it_is_from() -> None:
    """At most a megabyte and a half, all of Unicode."""
    table = unicode_names()
    assert DATA.stat().st_size <= 1_500_000
    assert set(table.languages) == LANGUAGES
    assert table.licence.name == "Unicode-3.0" and "CLDR" in table.licence.source


def test_every_thing_is_named_in_nearly_every_language() -> None:
    """All in English, 99 % in each of the others; no name stands twice or among the keywords."""
    things = unicode_names().things
    assert len(things) > 1_900
    for language in LANGUAGES:
        named = sum(bool(thing.names.get(language)) for thing in things.values())
        assert named >= (1 if language == "en" else 0.99) * len(things), language
    for code, thing in things.items():
        for language, names in thing.names.items():
            words = (*names, *thing.keywords.get(language, ()))
            assert len(set(words)) == len(words) and all(word.strip() == word for word in words), (
                code
            )


def test_names_agree_with_another_list() -> None:
    """The package ``emoji`` was made by others from the same standard: nine in ten of its German
    names are the usual name here or among the others."""
    emoji.config.load_language("de")
    agreed = asked = 0
    for code, thing in unicode_names().things.items():
        other = emoji.EMOJI_DATA.get(text_of(code) or "", {}).get("de")
        if other and thing.kind == "thing":
            said = other.strip(":").replace("_", " ").replace("-", " ").lower()
            asked += 1
            agreed += said in {name.replace("-", " ") for name in thing.names["de"]}
    assert asked > 500 and agreed / asked > 0.9


def test_flags_are_named_as_people_say_it() -> None:
    """Not "flag: Germany"."""
    names = unicode_names().things["1f1e9-1f1ea"].names
    assert names["en"] == ("flag of germany", "germany flag")
    assert all(":" not in name for said in names.values() for name in said[:1])


@pytest.mark.parametrize(
    ("text", "code"), [("🐈", "1f408"), ("❤\ufe0f", "2764"), ("👩\u200d🚀", "1f469-200d-1f680")]
)
def test_an_id_is_the_code_points(text: str, code: str) -> None:
    """Without the selector of the emoji form."""
    assert code_of(text) == code and text_of(code) == text.replace("\ufe0f", "")


@pytest.mark.parametrize("code", ["", "x", "1f408-", "-1", "ffffffffff", "1f_408"])
def test_what_is_no_code_gives_no_text(code: str) -> None:
    """Python would take some of them for numbers."""
    text = text_of(code)
    assert text is None or code_of(text) != code
