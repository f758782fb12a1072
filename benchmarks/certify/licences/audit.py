"""Known vulnerabilities of the pinned versions, as pip-audit finds them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maquette.records.errors import MissingExtra, TryAgain

TIMEOUT_S = 300
COMMAND = (sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip", "-f", "json")


@dataclass(frozen=True)
class Vulnerability:
    """One advisory about one pinned version."""

    package: str
    version: str
    advisory: str
    mended_in: tuple[str, ...]


@dataclass(frozen=True)
class Audit:
    """``audited``: pins that the source of advisories knows; ``skipped``: those it does not."""

    audited: int
    skipped: tuple[str, ...]
    found: tuple[Vulnerability, ...]


def audit(pins: Path) -> Audit:
    """Ask pip-audit about every pin.

    Raises: MissingExtra: pip-audit is not installed. TryAgain: its source is not reached.
    """
    try:
        ran = subprocess.run(
            [*COMMAND, "-r", str(pins)],
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _unreached() from error
    if "No module named pip_audit" in ran.stderr:
        raise MissingExtra("pip-audit is not installed", hint="pip install pip-audit")
    try:
        return read(json.loads(ran.stdout))
    except ValueError as error:
        raise _unreached() from error


def read(document: Mapping[str, Sequence[Mapping[str, Any]]]) -> Audit:
    """What pip-audit's JSON says. Raises: TryAgain: no pin at all could be looked up."""
    pins = document["dependencies"]
    skipped = tuple(str(pin["name"]) for pin in pins if "skip_reason" in pin)
    if len(skipped) == len(pins):
        raise _unreached()
    found = tuple(
        Vulnerability(pin["name"], pin["version"], one["id"], tuple(one.get("fix_versions", ())))
        for pin in pins
        for one in pin.get("vulns", ())
    )
    return Audit(audited=len(pins) - len(skipped), skipped=skipped, found=found)


def _unreached() -> TryAgain:
    return TryAgain(
        "the source of security advisories is not reached",
        hint="run it where pypi.org can be reached; nothing was audited",
    )
