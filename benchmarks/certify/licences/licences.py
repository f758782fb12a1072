"""Licences of everything that an installation of Maquette brings along."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from maquette.benchmarks.certify.licences.names import (
    ALLOWED,
    BUNDLED,
    CLASSIFIERS,
    FREE_TEXT,
    KNOWN,
    PURPOSE,
)
from maquette.records.errors import MissingExtra

UNKNOWN = "unknown"
COPYLEFT = re.compile(r"\b(A|L)?GPL-")
LIBRARY = re.compile(r"/lib([A-Za-z]+(?:_[a-z]+)*)[^/]*\.so[^/]*$")
PLACES = (".libs/", "/bin/lib/", "/libgomp")
"""Where wheels keep libraries that are not theirs."""
TOKENS = re.compile(r"\s+(?:AND|OR|WITH)\s+|[()]")


@dataclass(frozen=True)
class Bundled:
    """A native library inside another package's wheel."""

    name: str
    licence: str


@dataclass(frozen=True)
class Package:
    """An installed package, its licence as an SPDX expression, and who asks for it."""

    name: str
    version: str
    licence: str
    extras: tuple[str, ...] = ()
    """The extras of Maquette that it is there for; none: it always is."""
    bundled: tuple[Bundled, ...] = ()

    @property
    def licences(self) -> frozenset[str]:
        """Every licence named, those of the libraries inside included."""
        named = [self.licence, *(one.licence for one in self.bundled)]
        return frozenset(token for one in named for token in split(one))


def split(expression: str) -> list[str]:
    """The licences and exceptions that an SPDX expression names."""
    return [token for token in TOKENS.split(expression) if token]


def licences(root: str = "maquette") -> list[Package]:
    """Every installed package that ``root`` needs, directly or not, by name.

    Raises: MissingExtra: ``root`` is not installed.
    """
    always = closure(root, ())
    extras = distribution(root).metadata.get_all("Provides-Extra") or ()
    by_extra = {extra: closure(root, (extra,)) for extra in extras}
    found = {}
    for name in sorted({*always, *(one for names in by_extra.values() for one in names)}):
        only = () if name in always else tuple(e for e, names in by_extra.items() if name in names)
        found[name] = describe(distribution(name), only)
    return list(found.values())


def closure(root: str, extras: Iterable[str]) -> set[str]:
    """Names of the installed packages that ``root`` with these extras needs."""
    from packaging.requirements import Requirement

    try:
        waiting = deque([(distribution(root), frozenset(extras))])
    except PackageNotFoundError as error:
        raise MissingExtra(
            f"{root} is not installed, so nobody knows what it needs", hint="pip install -e ."
        ) from error
    seen: set[tuple[str, frozenset[str]]] = set()
    names: set[str] = set()
    while waiting:
        package, wanted = waiting.popleft()
        for line in package.requires or ():
            need = Requirement(line)
            if need.marker and not any(need.marker.evaluate({"extra": e}) for e in (*wanted, "")):
                continue
            name = canonical(need.name)
            if (name, frozenset(need.extras)) in seen or name == canonical(root):
                continue
            seen.add((name, frozenset(need.extras)))
            try:
                waiting.append((distribution(name), frozenset(need.extras)))
            except PackageNotFoundError:
                continue  # an optional one that is not here
            names.add(name)
    return names


def describe(package: Distribution, extras: tuple[str, ...] = ()) -> Package:
    """A package with its licence and what its wheel bundles."""
    name = canonical(package.metadata["Name"])
    return Package(
        name=name,
        version=package.version,
        licence=licence_of(package),
        extras=extras,
        bundled=tuple(
            Bundled(library, BUNDLED.get(library, UNKNOWN))
            for library in libraries(str(path) for path in package.files or ())
        ),
    )


def licence_of(package: Distribution) -> str:
    """As SPDX: what we looked up, else what the package says, in its best words first."""
    told = package.metadata
    name = canonical(told["Name"])
    if name in KNOWN:
        return KNOWN[name]
    if "License-Expression" in told:
        return told["License-Expression"]
    text = " ".join(told["License"].split()) if "License" in told else ""
    if text in FREE_TEXT:
        return FREE_TEXT[text]
    classifiers = [str(one).rpartition(" :: ")[2] for one in told.get_all("Classifier") or ()]
    named = sorted({CLASSIFIERS[one] for one in classifiers if one in CLASSIFIERS})
    return " OR ".join(named) if named else UNKNOWN


def libraries(paths: Iterable[str]) -> list[str]:
    """Names of the foreign shared libraries that a wheel carries."""
    carried = [path for path in paths if any(place in path for place in PLACES)]
    return sorted({match.group(1) for path in carried if (match := LIBRARY.search(path))})


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def not_allowed(packages: Iterable[Package]) -> dict[str, list[str]]:
    """Package -> its licences that are not on our list; unknown ones are among them."""
    found = {one.name: sorted(one.licences - ALLOWED) for one in packages}
    return {name: named for name, named in found.items() if named}


def copyleft(packages: Iterable[Package]) -> list[tuple[str, str, str]]:
    """What is under GPL, LGPL or AGPL: (package, or libraries in it, licence, what it is for)."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for one in packages:
        if COPYLEFT.search(one.licence):
            found[one.name, one.licence, PURPOSE.get(one.name, UNKNOWN)] = []
        for inner in one.bundled:
            if COPYLEFT.search(inner.licence):
                what = PURPOSE.get(inner.name, UNKNOWN)
                found.setdefault((one.name, inner.licence, what), []).append(inner.name)
    return [
        (f"{', '.join(inner)} in {name}" if inner else name, licence, what)
        for (name, licence, what), inner in found.items()
    ]
