"""The laws of the house, each with its bar and what is measured."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from maquette.benchmarks.house.addresses import files_of_tests, without_address, without_purpose
from maquette.benchmarks.house.imports import cycles, lazy_imports, untested
from maquette.benchmarks.house.seams import SEAMS, missing
from maquette.benchmarks.house.shape import function_lines, public
from maquette.benchmarks.house.source import Checkout

MEDIAN_LINES, MOST_LINES = 130, 500
SHORT_LINES, LEAST_SHORT = 20, 0.80
MOST_LAZY = 1.5
"""Imports of our own modules inside functions, for each thousand lines."""
LEAST_DOCUMENTED = 0.90
LEAST_ADDRESSED = 0.90
MOST_MODULES = 15
"""In one folder, side by side."""


@dataclass(frozen=True)
class Measured:
    """One law, measured."""

    law: str
    bar: str
    measured: str
    holds: bool
    breaches: tuple[str, ...] = ()
    """What breaks it, by name."""


def measure(checkout: Checkout) -> list[Measured]:
    """Measure every law."""
    return [*_sizes(checkout), *_imports(checkout), *_words(checkout), *_places(checkout)]


def told(checkout: Checkout) -> dict[str, object]:
    """What is printed and not a law: modules that no test imports, tests to product."""
    product = sum(module.lines for module in checkout.modules)
    tests = sum(module.lines for module in checkout.tests)
    names = untested(checkout)
    return {
        "modules": len(checkout.modules),
        "tests_to_product": round(tests / product, 2),
        "imported_by_no_test": names,
    }


def _sizes(checkout: Checkout) -> Iterator[Measured]:
    sizes = {str(module.path): module.lines for module in checkout.modules}
    median, longest = statistics.median(sizes.values()), max(sizes, key=lambda one: sizes[one])
    yield Measured(
        "median module", f"<= {MEDIAN_LINES} lines", f"{median:g}", median <= MEDIAN_LINES
    )
    yield Measured(
        "longest module",
        f"<= {MOST_LINES} lines",
        f"{sizes[longest]} ({longest})",
        sizes[longest] <= MOST_LINES,
    )
    lines = function_lines(checkout.modules)
    short = sum(count <= SHORT_LINES for count in lines) / len(lines)
    yield Measured(
        f"functions of at most {SHORT_LINES} lines",
        f">= {LEAST_SHORT:.0%}",
        f"{short:.1%}",
        short >= LEAST_SHORT,
    )
    crowded = tuple(
        f"{folder}: {len(modules)}"
        for folder, modules in checkout.folders.items()
        if len(modules) > MOST_MODULES
    )
    fullest = max(len(modules) for modules in checkout.folders.values())
    yield Measured(
        "modules side by side in a folder",
        f"<= {MOST_MODULES}",
        f"{fullest}",
        not crowded,
        crowded,
    )


def _imports(checkout: Checkout) -> Iterator[Measured]:
    circles = tuple(", ".join(circle) for circle in cycles(checkout))
    yield Measured(
        "circles of imports, lazy ones counted", "0", str(len(circles)), not circles, circles
    )
    lazy = {str(one.path): len(lazy_imports(one)) for one in checkout.modules}
    share = 1_000 * sum(lazy.values()) / sum(module.lines for module in checkout.modules)
    worst = sorted((-count, path) for path, count in lazy.items() if count)
    yield Measured(
        "lazy imports of ours per 1,000 lines",
        f"<= {MOST_LAZY:g}",
        f"{share:.2f}",
        share <= MOST_LAZY,
        tuple(f"{path}: {-count}" for count, path in worst),
    )


def _words(checkout: Checkout) -> Iterator[Measured]:
    things = list(public(checkout.modules))
    silent = tuple(name for name, documented in things if not documented)
    share = 1 - len(silent) / len(things)
    yield Measured(
        "public functions and classes documented",
        f">= {LEAST_DOCUMENTED:.0%}",
        f"{share:.1%}",
        share >= LEAST_DOCUMENTED,
        silent,
    )
    homeless = tuple(map(str, without_purpose(checkout)))
    yield Measured(
        "folders whose purpose is told", "all", f"{len(homeless)} not", not homeless, homeless
    )


def _places(checkout: Checkout) -> Iterator[Measured]:
    files, lost = files_of_tests(checkout), tuple(map(str, without_address(checkout)))
    share = 1 - len(lost) / len(files)
    yield Measured(
        "tests at their address",
        f">= {LEAST_ADDRESSED:.0%}",
        f"{share:.1%}",
        share >= LEAST_ADDRESSED,
        lost,
    )
    lacking = tuple(
        f"{seam.name}: {'; '.join(lacks)}" for seam in SEAMS if (lacks := missing(checkout, seam))
    )
    yield Measured(
        "seams whole", f"{len(SEAMS)}", f"{len(SEAMS) - len(lacking)}", not lacking, lacking
    )
