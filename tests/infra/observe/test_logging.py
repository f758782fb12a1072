"""Log lines are JSON that a machine can filter by task."""

from __future__ import annotations

import json
import logging

import pytest

from maquette.infra.observe.logging import set_up_logging
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
