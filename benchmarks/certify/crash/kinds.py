"""From what the schedule says to the fault that does it."""

from __future__ import annotations

import random

from maquette.benchmarks.certify.crash.database import RotDatabase
from maquette.benchmarks.certify.crash.faults import JUMP_S, Fault, FillDisk, Freeze, Jump, Kill
from maquette.benchmarks.certify.crash.homes import clock_file
from maquette.benchmarks.certify.crash.rot import RotCache, RotObject, RotRecord
from maquette.benchmarks.certify.crash.schedule import Trial, Work
from maquette.benchmarks.certify.rig import Rig

VICTIM_SEEDS = 1_000_000
"""Seeds of the finished tasks whose things are spoiled lie above those of the trials' own."""


def fault_of(rig: Rig, trial: Trial) -> Fault:
    """The fault of a trial, on this stack."""
    chance = random.Random(trial.seed)
    finished = Work(seed=VICTIM_SEEDS + trial.number, candidates=2)
    match trial.part, trial.fault:
        case "cache", _:
            return RotCache(rig, finished, chance)
        case "object", _:
            return RotObject(rig, finished, chance)
        case "record", _:
            return RotRecord(rig, finished, chance)
        case "database", _:
            return RotDatabase(rig, chance)
        case "disk", _:
            return FillDisk(rig)
        case "clock", direction:
            return Jump(clock_file(rig), JUMP_S if direction == "forward" else -JUMP_S)
        case part, "killed":
            return Kill(rig, part, chance)
        case part, _:
            return Freeze(rig, part, chance)
