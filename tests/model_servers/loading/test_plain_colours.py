"""The colours that the fake backends see."""

from __future__ import annotations

from PIL import Image

from maquette.model_servers.loading.plain_colours import coloured, colours_in, shares


def test_colours_are_words_of_their_own() -> None:
    """In the order of the channels, in any case; parts of other words are none."""
    assert colours_in("a Blue boat, a RED one") == ("red", "blue")
    assert colours_in("a bored greenhorn") == ()


def test_shares_count_pixels() -> None:
    """A picture of 10 columns, 4 of them red and 1 blue; grey is of no colour."""
    picture = Image.new("RGB", (10, 3), "#777777")
    picture.paste("#c01010", (0, 0, 4, 3))
    picture.paste("#1010c0", (9, 0, 10, 3))
    assert shares(picture) == (0.4, 0.0, 0.1)
    assert coloured(picture, "red").sum() == 12 and not coloured(picture, "green").any()
