"""How a message becomes a sentence."""

from __future__ import annotations

import pytest

from maquette.api.cli.terminal.screen import sentence


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("there is no attached picture", "There is no attached picture."),
        ("what is it?", "What is it?"),
        ("maquette.toml: no setting is named 'x'", "maquette.toml: no setting is named 'x'."),
        ("records/bad.py, line 2, is no Python", "records/bad.py, line 2, is no Python."),
        ("serve.url is 'x'", "serve.url is 'x'."),
        ("./a is none", "./a is none."),
        ("", "."),
    ],
)
def test_a_name_keeps_its_letters(message: str, said: str) -> None:
    """A file or a setting is written as it is; words begin with a capital."""
    assert sentence(message) == said
