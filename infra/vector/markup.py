"""XML from outside as a small tree, read under limits.

Expat reads it with namespaces. Everything by which a document can refer to, define or run something
(DOCTYPE, entities, processing instructions) is refused before it is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from xml.parsers import expat

from maquette.records.errors import MediaRejected

MAX_BYTES = 2**20
MAX_ELEMENTS = 5_000
MAX_DEPTH = 32
MAX_ATTRIBUTES = 64
SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
HINT = "save it as a plain SVG of shapes, gradients and clips"


@dataclass
class Element:
    """An element of SVG; ``text`` is what stands directly in it."""

    tag: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def walk(self) -> Iterator[Element]:
        """This element, then all below it, as they stand in the document."""
        yield self
        for child in self.children:
            yield from child.walk()


def refused(what: str) -> MediaRejected:
    """The error for a document that has ``what``."""
    return MediaRejected(f"the SVG has {what}; this is not taken", hint=HINT)


def read_markup(data: bytes) -> Element:
    """The ``svg`` element of a document. Elements of other namespaces are left away.

    Raises: MediaRejected: it is too large or deep, is no SVG, or has a DOCTYPE, an entity or a
        processing instruction.
    """
    if len(data) > MAX_BYTES:
        raise MediaRejected(f"the SVG has {len(data)} bytes; it may have {MAX_BYTES}", hint=HINT)
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise MediaRejected(f"this is no well-formed SVG: {error}", hint=HINT) from error
    except (LookupError, ValueError) as error:
        raise MediaRejected(
            f"the SVG's encoding cannot be read ({type(error).__name__})", hint=HINT
        ) from error
    if reader.root is None or reader.root.tag != "svg":
        raise MediaRejected("this is no SVG: its first element is not svg", hint=HINT)
    return reader.root


class _Reader:
    """Builds the tree as expat tells it."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element | None] = []
        self._elements = 0
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse("a DOCTYPE")
        parser.EntityDeclHandler = self._refuse("an entity")
        parser.ExternalEntityRefHandler = self._refuse("an external entity")
        parser.SkippedEntityHandler = self._refuse("an entity")
        parser.ProcessingInstructionHandler = self._refuse("a processing instruction")
        self.parser = parser

    @staticmethod
    def _refuse(what: str) -> Any:
        def refuse(*_: Any) -> NoReturn:
            raise refused(what)

        return refuse

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise refused(f"more than {MAX_ELEMENTS} elements")
        if len(self._open) >= MAX_DEPTH:
            raise refused(f"elements nested deeper than {MAX_DEPTH}")
        if len(attributes) > MAX_ATTRIBUTES:
            raise refused(f"an element with more than {MAX_ATTRIBUTES} attributes")
        above = self._open[-1] if self._open else None
        element = _element(name, attributes)
        if self._open and above is None:
            element = None  # inside of what is left away
        if element is not None and above is not None:
            above.children.append(element)
        if not self._open:
            self.root = element
        self._open.append(element)

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        if self._open and (element := self._open[-1]) is not None:
            element.text += text


def _element(name: str, attributes: Mapping[str, str]) -> Element | None:
    """None: an element of another namespace, which draws nothing in SVG."""
    space, _, tag = name.rpartition(" ")
    if space not in ("", SVG):
        _check_foreign(tag)
        return None
    known = {}
    for key, value in attributes.items():
        space, _, local = key.rpartition(" ")
        if space in ("", XLINK):
            known[local] = value
    return Element(tag, known)


def _check_foreign(tag: str) -> None:
    """Elements of HTML that run or load something are told, although they would be left away."""
    if tag.lower() in ("script", "iframe", "object", "embed", "link", "img"):
        raise refused(f"an element {tag!r}")
