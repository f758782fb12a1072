"""Colour words: their sRGB values, shades mapped to basic words, and how colours compare."""

from __future__ import annotations

from maquette.words.word_set import word_set

Rgb = tuple[int, int, int]

WORDS: dict[str, Rgb] = {
    "red": (220, 38, 38),
    "orange": (249, 140, 22),
    "yellow": (250, 215, 40),
    "green": (42, 157, 70),
    "blue": (37, 99, 220),
    "purple": (130, 60, 180),
    "pink": (244, 120, 180),
    "brown": (125, 78, 45),
    "black": (28, 28, 32),
    "white": (252, 252, 250),
    "gray": (130, 134, 140),
    "crimson": (180, 20, 50),
    "scarlet": (235, 40, 25),
    "maroon": (115, 20, 35),
    "burgundy": (110, 20, 45),
    "coral": (255, 127, 80),
    "salmon": (250, 140, 120),
    "peach": (253, 220, 196),
    "apricot": (251, 190, 140),
    "amber": (255, 175, 20),
    "gold": (225, 175, 40),
    "golden": (225, 175, 40),
    "mustard": (215, 165, 40),
    "lemon": (250, 235, 90),
    "cream": (253, 244, 220),
    "beige": (240, 228, 205),
    "ivory": (252, 250, 235),
    "tan": (205, 170, 125),
    "lime": (130, 205, 50),
    "olive": (115, 125, 45),
    "mint": (208, 240, 222),
    "emerald": (20, 140, 80),
    "jade": (20, 145, 100),
    "teal": (60, 130, 140),
    "turquoise": (60, 200, 195),
    "cyan": (40, 200, 220),
    "aqua": (60, 205, 215),
    "azure": (40, 130, 235),
    "sky blue": (120, 190, 240),
    "navy": (30, 42, 84),
    "indigo": (70, 40, 140),
    "violet": (140, 80, 200),
    "lavender": (226, 216, 246),
    "lilac": (200, 165, 220),
    "magenta": (220, 40, 170),
    "fuchsia": (225, 50, 160),
    "rose": (240, 110, 140),
    "chocolate": (95, 55, 30),
    "silver": (190, 194, 200),
    "charcoal": (55, 58, 64),
    "pale blue": (205, 228, 248),
    "light gray": (226, 228, 232),
}
"""Colour words a person may use, with what they look like."""

SPELLINGS = {"grey": "gray", "light grey": "light gray", "skyblue": "sky blue"}
MODIFIERS = word_set(
    "light pale soft dark deep bright vivid neon pastel hot royal forest baby dusty warm cool"
)
"""Words that shade a colour; the colour they shade is kept."""


def canonical(word: str) -> str | None:
    """The colour a word names, in one spelling, or None."""
    word = SPELLINGS.get(word, word)
    return word if word in WORDS else None


def base(words: str) -> str | None:
    """The colour that a word names, shading words before it left out ("dark green"); None: none."""
    name = canonical(words)
    while name is None and " " in words and words.split(" ", 1)[0] in MODIFIERS:
        words = words.split(" ", 1)[1]
        name = canonical(words)
    return name


def oklab(rgb: Rgb) -> tuple[float, float, float]:
    """Convert sRGB bytes to OKLab (Ottosson): lightness 0 to 1, then two colour axes."""
    r, g, b = (linear(channel) for channel in rgb)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    mid = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * mid - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * mid + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * mid - 0.8086757660 * short,
    )


def linear(channel: int) -> float:
    """One sRGB byte as linear light, 0 to 1."""
    c = channel / 255
    return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4


def distance(a: Rgb, b: Rgb) -> float:
    """How different two colours look: Euclidean in OKLab, 0 is equal, about 1 black to white."""
    return sum((x - y) ** 2 for x, y in zip(oklab(a), oklab(b), strict=True)) ** 0.5


def contrast(a: Rgb, b: Rgb) -> float:
    """WCAG 2 contrast ratio, 1 to 21."""
    lights = sorted(
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b) for r, g, b in (a, b)
    )
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def nearest(word: str, allowed: tuple[str, ...]) -> str:
    """The allowed colour word that looks most like ``word``. ``allowed`` is not empty."""
    known = [name for name in allowed if name in WORDS] or list(allowed)
    plain = base(word)
    if word in allowed or plain is None:
        return word if word in allowed else known[0]
    if plain in allowed:
        return plain
    return min(known, key=lambda name: distance(WORDS.get(name, (128, 128, 128)), WORDS[plain]))


def mix(a: Rgb, b: Rgb, share: float) -> Rgb:
    """Blend in byte space; ``share`` 0 to 1 is the part of ``b``."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def hex_code(rgb: Rgb) -> str:
    """The colour as ``#rrggbb``, in small letters."""
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def from_hex(code: str) -> Rgb:
    """The colour of ``#rrggbb``. Raises: ValueError: other signs than hexadecimal digits."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)
