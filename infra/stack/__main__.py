"""``python -m maquette.infra.stack``: run the stack, saying each change as a JSON line."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from typing import Any

from maquette.infra.observe.logging import set_up_logging
from maquette.infra.settings.load import load_settings
from maquette.infra.stack.run import run_stack
from maquette.infra.stack.start import EXIT_ALREADY_RUNNING
from maquette.infra.stack.state.progress import ProgressEvent
from maquette.records.errors import Conflict, MaquetteError

EXIT_OK = 0
EXIT_FAILED = 1


def main(arguments: list[str] | None = None) -> int:
    """Run until stopped; returns the exit code."""
    options = _parser().parse_args(arguments)
    overrides: dict[str, Any] = {}
    if options.data_dir is not None:
        overrides["data_dir"] = options.data_dir
    try:
        settings = load_settings(options.profile, overrides=overrides)
        set_up_logging(settings)
        idle_stop_s = settings.stack.idle_stop_s if options.idle_stop is None else options.idle_stop
        problem = run_stack(
            settings,
            idle_stop_s=idle_stop_s,
            report=_say,
            stop_on_hangup=options.foreground,
            die_with=options.die_with,
        )
    except MaquetteError as error:
        _write(sys.stderr, json.dumps(error.problem().model_dump()))
        return EXIT_ALREADY_RUNNING if isinstance(error, Conflict) else EXIT_FAILED
    return EXIT_OK if problem is None else EXIT_FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m maquette.infra.stack", description=__doc__)
    parser.add_argument("--profile")
    parser.add_argument("--data-dir", metavar="DIR")
    parser.add_argument(
        "--idle-stop", type=float, metavar="SECONDS", help="stop when idle for so long; 0: never"
    )
    parser.add_argument(
        "--foreground", action="store_true", help="stop when the terminal is closed"
    )
    parser.add_argument(
        "--die-with", type=int, metavar="PID", help="stop when this process has ended"
    )
    return parser


def _say(event: ProgressEvent) -> None:
    _write(sys.stdout, event.to_line())


def _write(stream: Any, line: str) -> None:
    """Write a line; nobody may be reading any more."""
    with contextlib.suppress(OSError, ValueError):
        stream.write(line + "\n")
        stream.flush()


if __name__ == "__main__":
    sys.exit(main())
