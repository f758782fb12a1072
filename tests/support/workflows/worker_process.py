"""A worker process that tests kill: the real worker around small tools and a real S3 store.

Called as ``python worker_process.py LEDGER PACE_S STEPS JUDGING_S``.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

from workflow_parts import WIDER, Ledger, ScriptedCritic, make_engine

from maquette.infra.settings.load import load_settings
from maquette.infra.store.factory import open_store
from maquette.workflows.worker import run_worker


async def main(ledger_path: str, pace_s: str, steps: str, judging_s: str) -> None:
    logging.basicConfig(level="INFO")
    settings = load_settings()
    ledger = Ledger(Path(ledger_path))
    critic = ScriptedCritic(
        lambda nth, image: (1.0, True), ledger, (WIDER,), takes_s=float(judging_s)
    )
    engine = make_engine(
        store=open_store(settings),
        ledger=ledger,
        critic=critic,
        pace_s=float(pace_s),
        steps=int(steps),
    )
    await run_worker(settings, engine)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
