"""Styles of an SVG from outside made into attributes: the CSS that drawing programs write.

Selectors of one tag, class or id (lists of them, too), and plain declarations. Anything that could
load, run or depend on something is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from maquette.infra.vector.markup import Element, refused

MAX_STYLE = 100_000
"""Characters of all style elements together."""
MAX_INLINE = 4_000
"""Characters of an element's own style."""
MAX_RULES = 500
_SELECTOR = re.compile(r"([.#]?)([A-Za-z_][\w-]*)|\*")
_WEIGHT = {"": 1, ".": 2, "#": 3}


def declarations(text: str) -> dict[str, str]:
    """``fill:red;stroke:none`` by property, the last of a name.

    Raises: MediaRejected: it is not made of declarations.
    """
    if len(text) > MAX_INLINE:
        raise refused(f"a style of {len(text)} characters")
    found: dict[str, str] = {}
    for one in _without_comments(text).split(";"):
        if not one.strip():
            continue
        name, colon, value = one.partition(":")
        if not colon or not re.fullmatch(r"\s*-*[A-Za-z][\w-]*\s*", name):
            raise refused(f"the style {one.strip()[:60]!r}")
        found[name.strip()] = value.replace("!important", "").strip()
    return found


def _without_comments(text: str) -> str:
    parts = text.split("/*")
    return parts[0] + "".join(part.partition("*/")[2] for part in parts[1:])


class Sheet:
    """All rules of a document's style elements."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Raises: MediaRejected: an at-rule, a reference, or a selector that is not simple."""
        self._rules: list[tuple[int, str, str, dict[str, str]]] = []
        whole = "\n".join(texts)
        if len(whole) > MAX_STYLE:
            raise refused(f"styles of {len(whole)} characters")
        whole = _without_comments(whole)
        if "@" in whole:
            raise refused(f"the style rule {whole[whole.index('@') :][:30]!r}")
        *rules, rest = whole.split("}")
        for rule in rules:
            selectors, brace, body = rule.partition("{")
            if not brace or "{" in body:
                raise refused("a style that cannot be read")
            self._add(selectors, declarations(body))
        if rest.strip():
            raise refused("a style that cannot be read")

    def _add(self, selectors: str, body: dict[str, str]) -> None:
        for one in selectors.split(","):
            found = _SELECTOR.fullmatch(one.strip())
            if found is None:
                raise refused(f"the style selector {one.strip()[:60]!r}")
            sign, name = found[1] or "", found[2] or "*"
            self._rules.append((0 if name == "*" else _WEIGHT[sign], sign, name, body))
            if len(self._rules) > MAX_RULES:
                raise refused(f"more than {MAX_RULES} style rules")
        self._rules.sort(key=lambda rule: rule[0])

    def of(self, element: Element) -> dict[str, str]:
        """What the rules say of an element; the more particular ones win, then the later ones."""
        classes = set(element.attributes.get("class", "").split())
        id = element.attributes.get("id")
        found: dict[str, str] = {}
        for _, sign, name, body in self._rules:
            holds = name == "*" or (
                name in classes if sign == "." else name == (id if sign == "#" else element.tag)
            )
            if holds:
                found |= body
        return found
