"""Which words of a request carry no wish of their own, as data.

Only what these lists hold may be dropped without a trace in a plan. English comes from the reader;
of some other languages there are articles, auxiliaries and forms of politeness.
"""

from __future__ import annotations

import re

from maquette.words.lexicon import singular
from maquette.words.stopwords import CARRIERS, DETERMINERS, NUMBERS, PRONOUNS, STOPS
from maquette.words.word_set import word_set

POLITE = word_set("please kindly bitte gern gerne danke por stp svp prego 请 請 麻烦 麻煩 ください")
"""Wherever they stand."""
AT_THE_ENDS = word_set(
    "thanks thank thx hello hi hey hallo hola gracias favor merci bonjour salut grazie ciao "
    "obrigado obrigada olá 谢谢 謝謝 你好 您好 ありがとう お願いします"
)
"""As the first word of a request or one of the last two; elsewhere they are meant, as in "a thank
you card"."""
FUNCTION = word_set(
    "der das dem des ein eine einen einem einer eines und oder mit von vom zum zur im am "
    "ist sind mir mich ich du wir es auf aus an bild "
    "el la los las un una unos unas y o con de del en al yo es que "
    "le les l d une et ou avec du dans au aux moi je est sont il te vous plaît s "
    "lo gli uno e ed di della nel mi os um uma da na eu "
    "的 了 一 个 個 幅 张 張 和 与 與 在 是 我 给 給 画 畫 の を に は が と で"
)
"""Without those that are words of their own in English, such as "die", "den", "son" and "no"."""
GEOMETRY = word_set(
    "above below under underneath over beneath beside besides left right top bottom upper lower "
    "middle centre center corner inside within behind front near far between around across along "
    "high low up down large larger big bigger huge giant small smaller tiny little wide wider tall "
    "über unter links rechts oben unten neben hinter vor zwischen groß große großer großes klein "
    "kleine kleiner kleines encima debajo izquierda derecha arriba abajo grande pequeño pequeña "
    "dessus dessous gauche droite haut bas 上 下 左 右 大 小 中 里 前 后"
)
"""Words that become boxes and sizes: a plan says them in numbers."""
_WORD = re.compile(r"\w+")
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WISHES = word_set(
    "left right top bottom middle centre center corner between next around bold underlined all "
    "both holding standing stands sitting sits hanging hangs shining shines flying flies floating "
    "floats lying lies swimming swims sailing sails facing wearing surrounded"
)
"""Words that the reader of English needs no thing for, and that ask for something all the same."""
_LIGHT = (STOPS | DETERMINERS | PRONOUNS | CARRIERS) - _WISHES


def words_of(text: str) -> list[tuple[int, int]]:
    """Places of the words of a text: runs of letters and digits of any script."""
    return [found.span() for found in _WORD.finditer(text)]


def is_polite(text: str, span: tuple[int, int]) -> bool:
    """Whether a word of a text is a form of politeness."""
    low = text[slice(*span)].lower()
    if low in POLITE:
        return True
    spans = words_of(text)
    return low in AT_THE_ENDS and span in (*spans[:1], *spans[-2:])


def is_content(text: str, span: tuple[int, int]) -> bool:
    """Whether a word of a text asks for something, so that it may not be lost.

    Negations do. Words of scripts without spaces do, unless each of their signs is a particle.
    """
    low = text[slice(*span)].lower()
    if low in _LIGHT or low in FUNCTION or low == "_" or is_polite(text, span):
        return False
    return not (_IDEOGRAPH.search(low) and all(sign in FUNCTION for sign in low))


def without_spaces(text: str) -> bool:
    """Whether a text is of a script that writes words together."""
    return bool(_IDEOGRAPH.search(text))


def same(word: str) -> frozenset[str]:
    """The forms in which a word may be met again: itself, the singular, a number as digits."""
    low = word.lower()
    number = {str(NUMBERS[low])} if low in NUMBERS else set()
    return frozenset({low, singular(low), *number})
