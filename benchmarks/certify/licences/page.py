"""docs/licences.md, written from what is installed."""

from __future__ import annotations

from collections.abc import Sequence

from maquette.benchmarks.certify.licences.licences import Package, copyleft, not_allowed
from maquette.benchmarks.certify.licences.names import PROGRAMS

INTRODUCTION = """\
# Licences

Maquette is under Apache-2.0. This page lists what an installation brings along. It is written by
`maquette certify licences --write docs/licences.md`, from each package's own fields and from the
names of the native libraries in its wheel. Versions are those of `constraints.txt`.
"""

COPYLEFT = """\
## Copyleft parts

None of them is linked into Maquette or changed by it; each is a separate package, program or shared
library that can be replaced.
"""


def page(packages: Sequence[Package]) -> str:
    """The whole document."""
    refused = not_allowed(packages)
    parts = [
        INTRODUCTION,
        COPYLEFT,
        _table(("Part", "Licence", "What it is for"), copyleft(packages)),
    ]
    if refused:
        rows = [(name, ", ".join(named)) for name, named in refused.items()]
        parts += ["## Not on the list of allowed licences\n", _table(("Package", "Licence"), rows)]
    parts += ["## Programs and data\n", _table(("Name", "Licence", "What it is for"), PROGRAMS)]
    named = [(one.name, one.version, one.licence, ", ".join(one.extras)) for one in packages]
    parts += ["## Packages\n", _table(("Package", "Version", "Licence", "Only for"), named)]
    carried = [
        (one.name, ", ".join(f"{inner.name} ({inner.licence})" for inner in one.bundled))
        for one in packages
        if one.bundled
    ]
    parts += ["## Native libraries in wheels\n", _table(("Package", "Libraries"), carried)]
    return "\n".join(parts)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
