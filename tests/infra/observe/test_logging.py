"""Log lines are JSON that a machine can filter by task."""

from __future__ import annotations

import json
import logging

import pytest

from maquette.infra.observe.logging import log_ours_to_stderr, set_up_logging
from maquette.infra.settings.load import load_settings


@pytest.fixture(autouse=True)
def restored_logging():
    """The suite's own logging comes back after each test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_is_json_with_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    """Message, level, task and traceback are fields of one line, whatever the text holds."""
    set_up_logging(load_settings("test"))
    try:
        raise ValueError("boom")
    except ValueError:
        logging.getLogger("maquette.x").exception(
            "two\nlines of %s", "číslo", extra={"task_id": "t"}
        )
    (line,) = capsys.readouterr().err.splitlines()
    found = json.loads(line)
    assert (found["message"], found["level"], found["task_id"]) == (
        "two\nlines of číslo",
        "error",
        "t",
    )
    assert "ValueError: boom" in found["traceback"]


def test_the_level_is_that_of_the_settings(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines below the level do not appear; stdout is never written to."""
    set_up_logging(load_settings("test", overrides={"log.level": "warning", "log.format": "text"}))
    logging.getLogger("a").info("quiet")
    logging.getLogger("a").warning("loud")
    out, err = capsys.readouterr()
    assert (out, err.count("quiet"), err.count("loud")) == ("", 0, 1)


def test_our_part_of_a_process_logs_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Set up twice, a record of ours is one plain line on stderr; a library's is not touched."""
    ours = logging.getLogger("maquette")
    handlers, level, propagates = ours.handlers[:], ours.level, ours.propagate
    ours.handlers[:] = []
    try:
        log_ours_to_stderr()
        log_ours_to_stderr()
        logging.getLogger("maquette.model_servers.x").info("loaded %s", "it")
    finally:
        ours.handlers[:], ours.propagate = handlers, propagates
        ours.setLevel(level)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("INFO maquette.model_servers.x: loaded it")
