"""Word lists for reading noun phrases without a grammar."""

from __future__ import annotations

from functools import cache
from typing import Literal

from maquette.words.word_set import word_set

NUMBERS: dict[str, int] = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "dozen": 12,
    "single": 1,
    "pair": 2,
    "couple": 2,
}
SIZES: dict[str, Literal["small", "large"]] = {
    "small": "small",
    "little": "small",
    "tiny": "small",
    "mini": "small",
    "large": "large",
    "big": "large",
    "huge": "large",
    "giant": "large",
    "enormous": "large",
}
DETERMINERS = word_set("a an the some another this that its his her their my your our each")
GROUPS = word_set(
    "slice piece group row pair couple bunch line set number lot column grid cluster dozen"
)
NEGATIONS = word_set("no not without never don't dont cannot except neither nor avoid")
PRONOUNS = frozenset(["it", "them", "this", "that", "these", "those"]) - {"this", "that"}
CARRIERS = word_set(
    "poster sign banner card flyer flier label billboard cover invitation logo placard "
    "plaque notice sticker badge menu postcard leaflet ticket picture image photo "
    "photograph drawing illustration painting scene sketch artwork graphic page sheet "
    "canvas design background print portrait text word words title caption message "
    "headline slogan lettering inscription letters letter phrase bubble advert "
    "advertisement ad board render rendering view"
)
TEXT_WORDS = word_set(
    "text word words title caption message headline slogan lettering inscription letters phrase"
)
"""What people call the strings of a picture."""
STOPS = word_set(
    "of in on at to from with by for as into onto through across along around against off "
    "out up down is are was were be been being has have had having do does did can could "
    "should would will shall may might must and or but if then than so just only please "
    "draw make create generate paint show give produce me us i you we he she they want "
    "need would like which who whose where when while there here very really also too "
    "both all any says say said saying reads read reading written printed titled called "
    "named entitled labelled labeled containing contains featuring features including "
    "includes put add write use using shows showing displays display holding stands "
    "standing sits sitting placed hanging hangs shines shining flies flying floats "
    "floating lies lying swims swimming sails sailing appears appear facing wearing "
    "surrounded made drawn painted side left right top bottom centre center middle corner "
    "between underlined bold style next about it's i'd let's let kind sort get see look "
    "looks looking together"
)


def is_verb(word: str) -> bool:
    """Whether a word after a noun goes on as a verb ("a boat drifting ...")."""
    return len(word) > 5 and word.endswith("ing") and word not in ("building", "ceiling", "evening")


_FUNCTION = {
    "de": """
        nen nem ner ne mal halt eben ja doch denn der die das den dem des ein eine einen einem
        einer eines und oder aber
        mit von vom für in im ins an am ans auf aus bei beim zu zum zur nach
        über unter vor hinter neben zwischen durch um als wie ist sind war waren
        sei sein wird werden soll sollen sollte kann kannst könnte muss darf hat
        haben es er sie ich du wir ihr mir mich dir dich uns euch ihm ihn ihnen
        sein seine ihre ihr mein meine meinem meinen dein deine dass ob wenn da
        dort hier so auch noch nur nicht sich man etwas alle alles jeder jede
        jedes dieser diese dieses diesem diesen drauf darauf dran daran drin
        darin dabei
    """,
    "es": """
        el la los las un una unos unas y o pero con de del para por en a al
        sobre entre como es son está están sea que se su sus mi mis tu tus me te
        lo le les nos ha han haya hay ser estar si no más muy todo todos toda
        todas este esta estos estas ese esa eso esto aquí allí también solo
    """,
    "zh": """
        的 了 和 与 在 是 有 着 我 你 您 他 她 它 们 这 那 个 一 吗 呢 吧 把 给 上 里
        也 都 就 要 请 要 并 而 被 从 到 用 为 对 得 地 能 会 可 以 想 让 做 成 之 其
        些 里面 上面
    """,
}
_ENGLISH = (
    STOPS
    | DETERMINERS
    | NEGATIONS
    | PRONOUNS
    | word_set(
        """
    s t d ll re ve m as it's its also same one ones who whom whose each every many much
    more less am not other own such via per etc because since while until before after
    during he her him hers us our ours yours mine myself itself themselves himself herself
    if because though however separately respectively well yes yeah again still just now way
    lot lots kinda sorta gonna wanna gotta got goes go going come comes came let lets okay ok
    um uh hmm oh
    """
    )
)


@cache
def all_function_words() -> frozenset[str]:
    """Those of every language that is known here."""
    return _ENGLISH.union(*(function_words(language) for language in _FUNCTION))


def function_words(language: str) -> frozenset[str]:
    """Words of a language that say nothing by themselves. English for one that is not known."""
    if language in _FUNCTION:
        return frozenset(_FUNCTION[language].split())
    return _ENGLISH
