"""The journal of a certification: one line a trial, so that a killed one can go on."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from maquette.benchmarks.certify.crash.laws import TrialOutcome
from maquette.records.errors import Conflict, InvalidInput


@dataclass(frozen=True)
class Heading:
    """What a schedule is drawn from; a journal goes on with the same one only."""

    trials: int
    seed: int
    only: tuple[str, ...] = ()
    format: int = 1


class Journal:
    """Appended to after each trial, and flushed to disk."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def begin(self, heading: Heading) -> None:
        """Start anew. Raises: Conflict: there is one already."""
        try:
            with self._path.open("x", encoding="utf-8") as file:
                file.write(json.dumps(asdict(heading)) + "\n")
        except FileExistsError:
            raise Conflict(
                f"{self._path.name} is already there",
                hint="go on with it by --resume, or choose another --data-dir",
            ) from None

    def go_on(self, heading: Heading) -> list[TrialOutcome]:
        """The trials done so far. A line cut short by a kill does not count.

        Raises: InvalidInput: there is no journal. Conflict: it is of another certification.
        """
        try:
            first, *rest = self._path.read_text(encoding="utf-8").splitlines()
            begun = Heading(**json.loads(first))
            begun = replace(begun, only=tuple(begun.only))
        except (OSError, ValueError, TypeError) as error:
            raise InvalidInput(
                f"there is no {self._path.name} to go on with",
                hint="name the --data-dir of the certification that was interrupted",
            ) from error
        if begun != heading:
            raise Conflict(
                f"the journal is of --trials {begun.trials} --seed {begun.seed}"
                + "".join(f" --only {part}" for part in begun.only),
                hint="resume with the same options",
            )
        done = [outcome for line in rest if (outcome := _read(line)) is not None]
        self._rewrite(heading, done)
        return done

    def append(self, outcome: TrialOutcome) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(outcome.model_dump_json() + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _rewrite(self, heading: Heading, done: list[TrialOutcome]) -> None:
        """Leave a half-written line out, or the next would be added to it."""
        lines = [json.dumps(asdict(heading)), *(one.model_dump_json() for one in done)]
        fresh = self._path.with_suffix(".new")
        fresh.write_text("\n".join(lines) + "\n", encoding="utf-8")
        fresh.replace(self._path)


def _read(line: str) -> TrialOutcome | None:
    try:
        return TrialOutcome.model_validate_json(line)
    except ValidationError:
        return None
