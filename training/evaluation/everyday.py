"""Everyday words for what the world has, as people say who search; captions have none of them."""

from __future__ import annotations

THING_WORDS: dict[str, tuple[str, ...]] = {
    "boat": ("ship", "sailboat", "sailing boat", "yacht"),
    "car": ("automobile", "vehicle", "auto"),
    "cup": ("mug", "teacup"),
    "house": ("home", "cottage", "building", "hut"),
    "tree": ("oak",),
    "sun": ("sunshine",),
    "moon": ("crescent", "half moon"),
    "cloud": ("cumulus",),
    "flower": ("blossom", "bloom", "daisy"),
    "fish": ("goldfish",),
    "mushroom": ("toadstool", "fungus"),
    "balloon": ("hot air balloon",),
    "umbrella": ("parasol", "brolly"),
    "rocket": ("spaceship", "spacecraft"),
    "heart": ("love heart",),
    "circle": ("disc",),
    "oval": ("ellipse", "egg shape"),
    "square": ("box",),
    "rectangle": ("oblong",),
    "diamond": ("rhombus",),
    "cross": ("plus sign",),
    "ring": ("donut", "hoop"),
    "arrow": ("pointer",),
}
COLOUR_WORDS: dict[str, tuple[str, ...]] = {
    "red": ("crimson", "scarlet"),
    "orange": ("tangerine",),
    "yellow": ("golden",),
    "green": ("emerald",),
    "blue": ("azure",),
    "purple": ("violet",),
    "pink": ("rose", "pinkish"),
    "brown": ("chocolate",),
    "black": ("jet black",),
    "white": ("snow white",),
    "gray": ("grey", "greyish"),
}
PLACE_WORDS: dict[str, tuple[str, ...]] = {
    "meadow": ("field", "grass", "lawn", "green hills"),
    "sea": ("ocean", "water", "waves"),
    "desert": ("sand", "dunes"),
    "snow": ("winter", "snowy", "ice"),
    "night": ("dark sky", "night sky", "evening"),
    "city": ("town", "skyline", "skyscrapers"),
    "mountains": ("hills", "peaks", "alps", "mountain"),
}
PATTERN_SAID: dict[str, tuple[str, ...]] = {
    "striped": ("stripy", "stripes", "lines"),
    "dotted": ("polka dots", "dots", "spots"),
    "checked": ("plaid", "chequered", "squares"),
}
SIGN_WORDS: tuple[str, ...] = (
    "sign", "poster", "lettering", "writing", "text", "words", "letters", "banner", "label",
)  # fmt: skip


def words() -> tuple[str, ...]:
    """Every word of these tables."""
    tables = (THING_WORDS, COLOUR_WORDS, PLACE_WORDS, PATTERN_SAID)
    said = [text for table in tables for options in table.values() for text in options]
    return tuple(sorted({word for text in (*said, *SIGN_WORDS) for word in text.split()}))
